import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from '../support/child.ts'
import { bearer, openSocket, rest, type TestSocket, waitFor } from '../support/client.ts'
import { tokensFor } from '../support/command-line.ts'
import { openRaw, type RawSocket } from './raw.ts'

const readers = 24
const room = 'busy'
/** 24 KB each: the kernel holds some megabytes for a reader before the server notices anything. */
const content = '€'.repeat(8000)
const wave = 40
const waves = 25

let directory: string
let server: Child
let ben: { token: string }
let cleo: { token: string }

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-slow-'))
  const env = { DATA_DIR: directory, HOST: '127.0.0.1', RATE_LIMITS: 'off', METRICS: 'loopback' }
  const tokens = await tokensFor(['ben', 'cleo'], { env })
  server = await startChild({ env })
  ben = { token: tokens.get('ben')! }
  cleo = { token: tokens.get('cleo')! }
  await rest(server, ben).post('/rooms', { id: room })
  await rest(server, cleo).put(`/rooms/${room}/members/me`, {})
})

afterAll(async () => {
  server.signal('SIGKILL')
  await server.exited
  rmSync(directory, { recursive: true, force: true })
})

const megabytes = (): number => {
  const status = `/proc/${server.pid}/status`
  return existsSync(status) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))![1]) / 1024 : 0
}

const metric = async (name: string): Promise<number> => {
  const { body } = await rest(server).get('/metrics')
  return Number(new RegExp(`^${name}.*\\} (\\d+)`, 'm').exec(body)?.[1] ?? 0)
}

const seqsOf = (frames: { type: string; seq?: number }[]): number[] =>
  frames.flatMap(({ type, seq }) => (type === 'message.created' ? [seq!] : []))

test('a socket that does not read is closed with 4008, uses bounded memory and delays no other; a resume brings all it missed', async () => {
  const [sender, listener] = await Promise.all(
    [ben, cleo].map((who) => openSocket(`${server.url}/ws`, bearer(who))),
  )
  const start = await listener!.ask({ type: 'room.subscribe', room })
  const slow = await Promise.all(Array.from({ length: readers }, () => openRaw(server, cleo)))
  for (const reader of slow) reader.send({ type: 'room.subscribe', room, ref: 's' })
  for (const reader of slow)
    await waitFor('the subscription', () => reader.frames.find(({ ref }) => ref === 's'))
  for (const reader of slow) reader.stopReading()

  const before = megabytes()
  let most = 0
  for (let n = 0; n < waves; n++) {
    const sent = Array.from({ length: wave }, () => sender!.ask({ type: 'message.send', room, content }))
    const last = Math.max(...(await Promise.all(sent)).map(({ data }) => data.seq))
    await listener!.until('the last of the wave', () => listener!.all.at(-1)?.seq === last)
    most = Math.max(most, megabytes() - before)
    // Faster than any room, and slow enough that the server looks at its sockets several times meanwhile.
    await Bun.sleep(50)
  }

  expect(await metric('parley_slow_readers_closed_total')).toBe(readers)
  expect(await metric('parley_sockets_closed_total\\{code="4008"')).toBe(readers)
  // Kept without bound it would be 24 times what the kernel does not take of 24 MB: about 450 MB.
  expect(most).toBeLessThan(400)

  const heard = seqsOf(listener!.all)
  expect(heard).toEqual(heard.map((_, index) => start.data.head + 1 + index))
  expect(heard).toHaveLength(wave * waves)
  for (const reader of slow.slice(0, 2)) await expectBack(reader, start.data, heard)
  for (const reader of slow) reader.destroy()
  await Promise.all([sender!.close(), listener!.close()])
})

/** What it had heard before it was cut off, and what a resumption brings, are all there is. */
async function expectBack(
  reader: RawSocket,
  start: { epoch: string; head: number },
  all: number[],
): Promise<void> {
  reader.readOn()
  await waitFor('the end of the slow socket', () => reader.isOver())
  expect([4008, undefined]).toContain(reader.closeCode())
  const before = seqsOf(reader.frames)
  expect(before.length).toBeLessThan(all.length)
  const back = await openSocket(`${server.url}/ws`, bearer(cleo))
  const replayed = await replay(back, { epoch: start.epoch, seq: before.at(-1) ?? start.head })
  expect([...before, ...replayed]).toEqual(all)
  await back.close()
}

async function replay(socket: TestSocket, since: { epoch: string; seq: number }): Promise<number[]> {
  const { data, id } = await socket.ask({ type: 'room.subscribe', room, since })
  if (!data)
    throw new Error(
      server
        .said()
        .split('\n')
        .find((line) => line.includes(id)),
    )
  expect(data.mode).toBe('replay')
  const seqs = seqsOf(data.events)
  return data.more ? [...seqs, ...(await replay(socket, { ...since, seq: seqs.at(-1)! }))] : seqs
}
