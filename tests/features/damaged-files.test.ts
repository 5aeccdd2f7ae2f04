import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileChunkBytes, fileHeaderBytes, sealedChunkBytes } from '../../src/crypto/files.ts'
import { createLog } from '../../src/log.ts'
import { cast, makeRoom } from '../support/cast.ts'
import type { Person } from '../support/client.ts'
import { download, sendFile } from '../support/files.ts'
import { startServer, type TestServer } from '../support/server.ts'

const chunks = 8
const lines: string[] = []
let server: TestServer
let ben: Person
let room: string
let other: string

beforeAll(async () => {
  const log = createLog({ level: 'error', destination: { write: (line) => void lines.push(line) } })
  server = await startServer({ log })
  ;({ ben } = await cast(server))
  room = await makeRoom(server, ben)
  other = (await sendFile(server, ben, room, bytesOf())).files[0].id
})
afterAll(() => server.stop())

const bytesOf = () => {
  const part = crypto.getRandomValues(new Uint8Array(fileChunkBytes / 2))
  return Buffer.concat(
    Array.from({ length: chunks * 2 }, (_, index) => {
      part[0] = index
      return Buffer.from(part)
    }),
  )
}

function pathOf(id: string): string {
  const root = join(server.directory, 'files')
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(id))
  return join(root, found!)
}

const startOf = (index: number): number => fileHeaderBytes + index * sealedChunkBytes
const chunkOf = (sealed: Buffer, index: number): Buffer => sealed.subarray(startOf(index), startOf(index + 1))

type Damage = (sealed: Buffer) => Buffer

const flip =
  (at: (sealed: Buffer) => number): Damage =>
  (sealed) => {
    sealed[at(sealed)]! ^= 1
    return sealed
  }

function withChunk(sealed: Buffer, index: number, chunk: Buffer): Buffer {
  sealed.set(chunk, startOf(index))
  return sealed
}

/** `whole`: so many chunks come before what is wrong. */
const damages: [what: string, whole: number, damage: Damage][] = [
  ['a changed header', 0, flip(() => 3)],
  ['a changed form', 0, flip(() => 0)],
  ['a changed first chunk', 0, flip(() => startOf(0))],
  ['a changed sixth chunk', 5, flip(() => startOf(5) + 100)],
  ['a changed seal at the end', chunks - 1, flip(({ length }) => length - 1)],
  [
    'two chunks that were swapped',
    5,
    (sealed) => {
      const [sixth, seventh] = [Buffer.from(chunkOf(sealed, 5)), Buffer.from(chunkOf(sealed, 6))]
      return withChunk(withChunk(sealed, 5, seventh), 6, sixth)
    },
  ],
  ['a chunk that is there twice', 6, (sealed) => withChunk(sealed, 6, Buffer.from(chunkOf(sealed, 5)))],
  [
    'the chunk of another file',
    5,
    (sealed) => withChunk(sealed, 5, Buffer.from(chunkOf(readFileSync(pathOf(other)), 5))),
  ],
  ['another file in its place', 0, () => readFileSync(pathOf(other))],
  ['a last chunk that is missing', 0, (sealed) => sealed.subarray(0, startOf(chunks - 1))],
  ['a cut chunk', 0, (sealed) => sealed.subarray(0, -1)],
  ['a chunk too many', 0, (sealed) => Buffer.concat([sealed, chunkOf(sealed, 7)])],
  ['zeros after a half', 4, (sealed) => sealed.fill(0, startOf(4))],
  ['nothing', 0, () => Buffer.alloc(0)],
]

/** What arrives, and whether the connection ended before all of it. */
async function readBody(response: Response): Promise<{ bytes: Buffer; isCut: boolean }> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of response.body!) parts.push(part)
    return { bytes: Buffer.concat(parts), isCut: false }
  } catch {
    return { bytes: Buffer.concat(parts), isCut: true }
  }
}

test.each(damages)('%s is found, and no wrong byte is delivered', async (_, whole, damage) => {
  const bytes = bytesOf()
  const [{ id }] = (await sendFile(server, ben, room, bytes)).files
  const path = pathOf(id)
  writeFileSync(path, damage(readFileSync(path)))
  lines.length = 0
  const got = await download(server, ben, id)
  if (whole === 0) {
    expect([got.status, (await got.json()).reason]).toEqual([410, 'file_damaged'])
  } else {
    expect(got.status).toBe(200)
    const { bytes: arrived, isCut } = await readBody(got)
    expect(isCut).toBe(true)
    expect(arrived.length).toBeLessThanOrEqual(whole * fileChunkBytes)
    expect(arrived.equals(bytes.subarray(0, arrived.length))).toBe(true)
  }
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ message: 'a file could not be read', file: id }),
  ])
  // What is whole can still be read, and so can every other file.
  if (whole > 0) {
    const before = await download(server, ben, id, { range: `bytes=0-${whole * fileChunkBytes - 1}` })
    expect(before.status).toBe(206)
    expect(Buffer.from(await before.arrayBuffer()).equals(bytes.subarray(0, whole * fileChunkBytes))).toBe(
      true,
    )
    const at = await download(server, ben, id, { range: `bytes=${whole * fileChunkBytes}-` })
    expect(at.status).toBe(410)
  }
  const fine = await download(server, ben, other)
  expect((await fine.arrayBuffer()).byteLength).toBe(chunks * fileChunkBytes)
})
