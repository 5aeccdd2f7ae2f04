import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopSignals } from '../../src/stop-signals.ts'
import { type Child, repository, runChild, startChild } from '../support/child.ts'
import { runCommand, tokensFor } from '../support/command-line.ts'
import { databasesHere, openPlace, type Place } from './place.ts'

const sockets = 300
const senders = 10
const people = Array.from({ length: 15 }, (_, index) => `person${index}`)

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-stop-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

type Peer = { sent: string[]; answered: Map<string, string>; closed: Promise<CloseEvent> }

/** Sends as fast as it is answered, eight at a time, until it is closed. */
async function open(url: string, token: string, name: string, sends: boolean): Promise<Peer> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/general?token=${token}`)
  const ready = Promise.withResolvers<void>()
  const peer: Peer = {
    sent: [],
    answered: new Map(),
    closed: new Promise((resolve) => socket.addEventListener('close', resolve)),
  }
  const say = () => {
    if (socket.readyState !== WebSocket.OPEN) return
    const id = `${name}-${peer.sent.length}`
    peer.sent.push(id)
    socket.send(JSON.stringify({ type: 'message.send', ref: id, content: id, client_id: id }))
  }
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as { type: string; ref?: string }
    if (frame.type === 'room.ready') {
      ready.resolve()
      if (sends) for (let i = 0; i < 8; i++) say()
    } else if (frame.ref !== undefined) {
      peer.answered.set(frame.ref, frame.type)
      say()
    }
  }
  await Promise.race([
    ready.promise,
    peer.closed.then(({ code }) => Promise.reject(new Error(`closed ${code}`))),
  ])
  return peer
}

async function storedIds(url: string, token: string): Promise<Set<string>> {
  const ids = new Set<string>()
  for (let since: number | undefined = 0; since !== undefined; ) {
    const response = await fetch(`${url}/rooms/general/log?since=${since}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await response.json()) as { items: { message?: { client_id: string } }[]; next?: number }
    for (const { message } of page.items) if (message) ids.add(message.client_id)
    since = page.next
  }
  return ids
}

const kinds = (await databasesHere()).flatMap((database) => [
  { database, workers: 1 },
  ...(database === 'postgres' && process.platform === 'linux' ? [{ database, workers: 2 }] : []),
])

describe.each(kinds)('$workers servers on $database that are stopped under load', ({ database, workers }) => {
  let place: Place
  let server: Child
  let peers: Peer[]
  let stopMs = 0
  let code: number
  let again: Child | undefined
  let token = ''

  beforeAll(async () => {
    place = (await openPlace(database))!
    const tokens = [...(await tokensFor(people, { env: place.env })).values()]
    token = tokens[0]!
    server = await startChild({ env: place.env, words: ['--workers', String(workers)] })
    peers = []
    for (let i = 0; i < sockets; i += 50)
      peers.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, (_, j) =>
            open(server.url, tokens[(i + j) % tokens.length]!, `p${i + j}`, i + j < senders),
          ),
        )),
      )
    while (!peers.slice(0, senders).every(({ answered }) => answered.size >= 50)) await Bun.sleep(10)
    const askedMs = performance.now()
    server.signal('SIGTERM')
    code = await server.exited
    stopMs = performance.now() - askedMs
  })

  afterAll(async () => {
    again?.signal('SIGTERM')
    await again?.exited
    await place?.close()
  })

  test('ends well within its 30 seconds', () => {
    expect(code).toBe(0)
    expect(stopMs).toBeLessThan(30_000)
    expect(server.said()).not.toContain('"level":"error"')
  })

  test('closes every socket with 1001 and a hint when to come back, each another', async () => {
    const closes = await Promise.all(peers.map(({ closed }) => closed))
    expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([1001]))
    const hints = closes.map(({ reason }) => /retry_after_ms=(\d+)$/.exec(reason)?.[1])
    expect(hints).not.toContain(undefined)
    expect(new Set(hints).size).toBeGreaterThan(sockets / 3)
  })

  test('has sent a reply for every stored send, and stored every send that it acknowledged', async () => {
    again = await startChild({ env: place.env })
    const stored = await storedIds(again.url, token)
    const sent = peers.flatMap((peer) => peer.sent.map((id) => ({ id, answer: peer.answered.get(id) })))
    expect(sent.filter(({ id, answer }) => answer === 'reply' && !stored.has(id))).toEqual([])
    expect(sent.filter(({ id, answer }) => answer !== 'reply' && stored.has(id))).toEqual([])
    expect(sent.filter(({ answer }) => answer === 'reply').length).toBeGreaterThan(senders * 50)
  })
})

describe('the embedded database', () => {
  test('refuses a second server while the first one runs, and names its process', async () => {
    const env = { DATA_DIR: join(directory, 'shared'), LOG_LEVEL: 'warn' }
    const first = await startChild({ env })
    const second = await runChild(['serve'], { env: { ...env, PORT: '0' } })
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`is in use by process ${first.pid} `)
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200)
    first.signal('SIGTERM')
    expect(await first.exited).toBe(0)
  })
})

describe('a server refuses to start, with a sentence and nothing secret in it,', () => {
  const good = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
  const other = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')

  async function refusal(env: Record<string, string>): Promise<string> {
    const before = stopSignals().map((name) => [name, process.listeners(name)] as const)
    const { code, stdout, stderr } = await runCommand(['serve'], {
      env: { PORT: '0', LOG_LEVEL: 'silent', ...env },
    })
    // It would have stopped at these signals.
    for (const [name, listeners] of before)
      for (const listener of process.listeners(name))
        if (!listeners.includes(listener)) process.off(name, listener)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toStartWith('parley: ')
    // A sentence for an operator, not a stack.
    expect(stderr).not.toMatch(/\n\s+at /)
    for (const secret of [good, other, 'tide-password']) expect(stderr).not.toContain(secret)
    return stderr
  }

  const keys = { SECRET_KEY: good, ENCRYPTION_KEY: other }

  test('when Postgres does not respond, and uses no embedded database instead', async () => {
    const port = await closedPort()
    const env = { DATABASE_URL: `postgres://parley:tide-password@127.0.0.1:${port}/parley`, ...keys }
    const said = await refusal({ ...env, DATA_DIR: join(directory, 'unused') })
    expect(said).toContain(`Postgres at 127.0.0.1:${port}, database "parley"`)
    expect(said).toContain('Check DATABASE_URL')
    expect(existsSync(join(directory, 'unused', 'db'))).toBe(false)
  })

  const url = 'postgres://127.0.0.1:1/parley'
  test.each([
    ['SECRET_KEY is missing', { DATABASE_URL: url, ENCRYPTION_KEY: other }],
    ['ENCRYPTION_KEY is missing', { DATABASE_URL: url, SECRET_KEY: good }],
    ['SECRET_KEY is shorter than 32 characters', { ...keys, SECRET_KEY: good.slice(0, 20) }],
    ['ENCRYPTION_KEY is shorter than 32 characters', { ...keys, ENCRYPTION_KEY: other.slice(0, 20) }],
    ['SECRET_KEY is a well-known example', { ...keys, SECRET_KEY: 'change-me-to-something-long-and-random' }],
    ['ENCRYPTION_KEY is a well-known example', { ...keys, ENCRYPTION_KEY: 'example-'.repeat(6) }],
  ])('when %s', async (problem, env) => {
    expect(await refusal(env)).toContain(problem)
  })

  test('when the secrets are those of .env.example', async () => {
    const example = await Bun.file(join(repository, '.env.example')).text()
    const env = Object.fromEntries(
      [...example.matchAll(/^#? ?((?:SECRET|ENCRYPTION)_KEY)=(.+)$/gm)].map(([, name, value]) => [
        name!,
        value!,
      ]),
    )
    expect(Object.keys(env)).toEqual(['SECRET_KEY', 'ENCRYPTION_KEY'])
    const said = await refusal(env)
    expect(said).toContain('SECRET_KEY is')
    expect(said).toContain('ENCRYPTION_KEY is')
  })

  test('when the messages were encrypted with another key', async () => {
    const env = { DATA_DIR: join(directory, 'locked'), SECRET_KEY: good }
    const first = await runCommand(['seed'], { env: { ...env, ENCRYPTION_KEY: good } })
    expect(first.code).toBe(0)
    expect(await refusal({ ...env, ENCRYPTION_KEY: other })).toMatch(/ENCRYPTION_KEY/)
  })
})

function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
