import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { checkSeal } from '../../src/archive/unpack.ts'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { createLog } from '../../src/log.ts'
import { askControl, openControl } from '../../src/operator/control.ts'
import type { Caller, Progress } from '../../src/operator/operation.ts'
import { createServer, type Server } from '../../src/server.ts'
import { fill } from '../cli/community.ts'
import { startChild } from '../support/child.ts'
import { waitFor } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'

/*
 * The control socket with a real server on the embedded database at its other end. What takes long and answers with
 * bytes are a rotation of the keys and a backup.
 */
const directory = mkdtempSync(join(tmpdir(), 'parley-control-'))
// Without an index: random texts have many words, and a rotation makes it again.
const config = readConfig({ DATA_DIR: directory, PORT: '0', RATE_LIMITS: 'off', SEARCH: 'off' })
const complaints: string[] = []
let server: Server
let closeControl: () => void

beforeAll(async () => {
  const log = createLog({ level: 'warn', destination: { write: (line) => void complaints.push(line) } })
  server = await createServer(config, log)
  closeControl = openControl(server.tools, config)
  await fill(server.tools, 1500, () => randomToken(1500))
})
afterAll(async () => {
  closeControl()
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

function asker(change: Partial<Caller> = {}) {
  const heard: Progress[] = []
  const caller: Caller = {
    report: (progress) => void heard.push(progress),
    write: async () => {},
    signal: new AbortController().signal,
    ...change,
  }
  return { heard, caller }
}

test('only this user can open it, from its first moment on', () => {
  expect(statSync(join(directory, 'control.sock')).mode & 0o777).toBe(0o600)
})

test('a refusal comes with its code and the fields that are wrong', async () => {
  const { caller } = asker()
  const wrong = askControl(config, 'user.create', { username: 'x', email: 'nowhere' }, caller)
  expect(await wrong.catch((error) => error)).toMatchObject({
    code: 'invalid',
    detail: { errors: [{ path: '/username' }, { path: '/email' }] },
  })
  const unknown = askControl(config, 'toString' as 'seed', {}, caller)
  expect(await unknown.catch((error) => error)).toMatchObject({ code: 'not_found' })
})

test('bytes arrive whole and in order, also when they are taken slowly', async () => {
  const pieces: Uint8Array[] = []
  const { caller, heard } = asker({
    async write(piece) {
      await Bun.sleep(5)
      pieces.push(piece)
    },
  })
  const outcome = await askControl(config, 'backup', {}, caller)
  const reported = outcome!.data as { bytes: number; rows: { log: number } }
  const bytes = Buffer.concat(pieces).length
  expect([bytes, reported.rows.log]).toEqual([reported.bytes, 1501])
  await checkSeal(Readable.from(pieces))
  expect(bytes).toBeGreaterThan(1_000_000)
  expect(pieces.length).toBeGreaterThan(3)
  expect(heard.at(-1)).toMatchObject({ what: expect.any(String), done: expect.any(Number) })
})

test('a caller that cannot take the bytes ends the work, and gets its own error back', async () => {
  const { caller } = asker({ write: () => Promise.reject(new Error('no space left here')) })
  expect(askControl(config, 'backup', {}, caller)).rejects.toThrow('no space left here')
})

test('an operation ends when its caller disconnects', async () => {
  const gone = new AbortController()
  const { caller } = asker({ report: () => gone.abort(), signal: gone.signal })
  expect(askControl(config, 'keys.rotate', {}, caller)).rejects.toThrow()
  // While one rotation is at work another is refused; what this one finds is what the first has left.
  const { heard, caller: patient } = asker()
  await waitFor('the end of the first rotation', () =>
    askControl(config, 'keys.rotate', {}, patient).catch((error) => {
      expect(error.code).toBe('conflict')
      return undefined
    }),
  )
  const [first, last] = [heard[0]!, heard.at(-1)!]
  expect(first.total).toBeGreaterThan(0)
  expect(last.done).toBe(last.total!)
  expect(complaints).toEqual([])
})

test('finds no server if none runs, even if a killed one left its socket', async () => {
  const { caller } = asker()
  const nowhere = readConfig({ DATA_DIR: join(directory, 'elsewhere') })
  expect(await askControl(nowhere, 'seed', {}, caller)).toBeUndefined()
  const tooLong = readConfig({ DATA_DIR: join(directory, 'x'.repeat(150)) })
  expect(await askControl(tooLong, 'seed', {}, caller)).toBeUndefined()
  const elsewhere = mkdtempSync(join(tmpdir(), 'parley-killed-'))
  const killed = await startChild({ env: { DATA_DIR: elsewhere } })
  killed.signal('SIGKILL')
  await killed.exited
  expect(existsSync(join(elsewhere, 'control.sock'))).toBe(true)
  const seeded = await runCommand(['seed'], { env: { DATA_DIR: elsewhere } })
  expect([seeded.code, seeded.stdout]).toEqual([0, 'the default rooms exist already\n'])
  rmSync(elsewhere, { recursive: true, force: true })
})

test('servers of two databases in one directory are never confused', async () => {
  const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() }
  const other = readConfig({
    DATA_DIR: directory,
    DATABASE_URL: 'postgres://other.example.org/x',
    ...secrets,
  })
  expect(await askControl(other, 'seed', {}, asker().caller)).toBeUndefined()
})

test('a server that cannot have the socket serves all the same, and says so', () => {
  const noDirectory = readConfig({ DATA_DIR: join(directory, 'secrets.json') })
  const before = complaints.length
  openControl(server.tools, noDirectory)()
  expect(complaints.slice(before).join()).toContain('there is no control socket')
  complaints.length = before
  openControl(server.tools, readConfig({ DATA_DIR: ':memory:' }))()
  expect(complaints.length).toBe(before)
})

test('a server that stops before its response is reported as stopped', async () => {
  const { caller } = asker({ report: () => closeControl() })
  const cut = askControl(config, 'backup', {}, { ...caller, write: () => Bun.sleep(5) })
  expect(await cut.catch((error) => error)).toMatchObject({
    code: 'unavailable',
    reason: 'server_stopped',
  })
})
