import { expect, test } from 'bun:test'
import { fileChunkBytes, makeFileKey, sealFile } from '../../src/crypto/files.ts'
import { openIncoming } from '../../src/features/files/incoming.ts'
import type { Tools } from '../../src/scope.ts'

/*
 * A file takes no more memory than its pieces, however large it is: the garbage collection would let a whole upload wait. What a process
 * really needs is measured by `bun scripts/files-figures.ts memory`.
 */

const pieceBytes = 100_000
const tools = {
  policy: { limits: { file_bytes: 1e9 }, files: { slowestMs: 60_000, leastPerSecond: 0 } },
} as unknown as Tools

const requestOf = (body: BodyInit, type: string): Request =>
  new Request('http://parley.test/rooms/harbour/files', {
    method: 'POST',
    headers: { 'content-type': type, 'x-file-name': 'a.bin' },
    body,
  })

function piecesOf(count: number): { sent: Uint8Array[]; body: ReadableStream<Uint8Array> } {
  const sent = Array.from({ length: count }, (_, at) => new Uint8Array(pieceBytes).fill(at))
  const left = [...sent]
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = left.shift()
        if (next) controller.enqueue(next)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return { sent, body }
}

test('a piece of an upload gives its memory back when the next one is asked for', async () => {
  const { sent, body } = piecesOf(5)
  const { bytes } = await openIncoming(tools, requestOf(body, 'application/octet-stream'))
  const received: number[] = []
  let piece = 0
  for await (const each of bytes) {
    received.push(each.length, each[0]!)
    expect(sent.map(({ length }) => length)).toEqual(sent.map((_, at) => (at < piece ? 0 : pieceBytes)))
    piece++
  }
  expect(received).toEqual([0, 1, 2, 3, 4].flatMap((at) => [pieceBytes, at]))
  expect(sent.every(({ length }) => length === 0)).toBe(true)
})

test('and so does a piece of a form', async () => {
  const form = new FormData()
  const content = crypto.getRandomValues(new Uint8Array(50_000))
  form.append('file', new File([content, content, content, content], 'a.bin'))
  const whole = new Response(form)
  const type = whole.headers.get('content-type')!
  const encoded = await whole.bytes()
  let at = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(encoded.slice(at, at + 7001))
        at += 7001
        if (at >= encoded.length) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const { bytes, name } = await openIncoming(tools, requestOf(body, type))
  const parts: Uint8Array[] = []
  const seen: Uint8Array[] = []
  for await (const each of bytes) {
    seen.push(each)
    parts.push(Buffer.from(each))
  }
  expect(name).toBe('a.bin')
  expect(Buffer.concat(parts).equals(Buffer.concat([content, content, content, content]))).toBe(true)
  expect(seen.slice(0, -1).filter(({ length }) => length > 0)).toEqual([])
})

test('the sealed pieces of a file are in the same memory', async () => {
  async function* source() {
    for (let each = 0; each < 4; each++) yield new Uint8Array(fileChunkBytes)
  }
  const memories = new Set<ArrayBufferLike>()
  let pieces = 0
  for await (const { buffer } of sealFile(makeFileKey(), 'place', source())) {
    memories.add(buffer)
    pieces++
  }
  // And the header.
  expect([pieces, memories.size]).toEqual([5, 2])
})
