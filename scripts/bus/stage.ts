import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'

/** A database of its own for one run, and nodes on it as processes. */
const directory = mkdtempSync(join(tmpdir(), 'parley-bus-'))
const databaseUrl = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const admin = new Bun.SQL(databaseUrl, { max: 1 })
const name = `bench_bus_${process.pid}`
await admin.unsafe(`create database ${name}`)
const own = new URL(databaseUrl)
own.pathname = `/${name}`
const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() }

export type Node = {
  url: string /** Of the link that makes the first administrator. */
  setupCode: string
  cpuMs(): Promise<number>
  stop(): Promise<unknown>
}
let started = 0
const children: Bun.Subprocess[] = []

export async function start(
  busUrl: string | undefined,
  how = 'with',
  more: Record<string, string> = {},
): Promise<Node> {
  const { PATH = '' } = process.env
  const settings = { PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'warn', DATABASE_URL: own.href }
  const child = Bun.spawn([process.execPath, join(import.meta.dir, '../bus.ts'), 'serve', '0', how], {
    env: {
      PATH,
      NODE_ENV: 'production',
      ...settings,
      ...secrets,
      DATA_DIR: join(directory, String(started++)),
      ...(busUrl && { BUS_URL: busUrl }),
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let said = ''
  for await (const bytes of child.stdout) {
    said += new TextDecoder().decode(bytes)
    if (/at http\S+ .*\n/.test(said)) break
  }
  const [, url = '', setupCode = ''] = /at (http\S+) (\S*)/.exec(said)!
  return {
    url,
    setupCode,
    async cpuMs() {
      const text = await (await fetch(`${url}/metrics`)).text()
      return 1000 * Number(/^parley_process_cpu_seconds_total\S* (\S+)$/m.exec(text)![1])
    },
    async stop() {
      child.kill('SIGTERM')
      await child.exited
    },
  }
}

export async function ask(
  url: string,
  path: string,
  body: object | undefined,
  token?: string,
  method = 'POST',
) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return JSON.parse((await response.text()) || '{}') as Record<string, string>
}

let people = 0
export async function person(url: string): Promise<string> {
  const username = `talker-${++people}-${process.pid}`
  const body = { username, email: `${username}@example.org`, password: `the password of ${username}` }
  return (await ask(url, '/auth/signup', body)).access_token!
}

export async function socketOf(url: string, token: string, room: string, hear: (frame: string) => void) {
  const options = { headers: { authorization: `Bearer ${token}` } } as unknown as string[]
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, options)
  const ready = Promise.withResolvers<void>()
  socket.onmessage = ({ data }) => {
    const text = String(data)
    if (text.startsWith('{"type":"hello"'))
      socket.send(JSON.stringify({ type: 'room.subscribe', room, ref: 'subscribed' }))
    else if (text.includes('"ref":"subscribed"')) ready.resolve()
    else hear(text)
  }
  await ready.promise
  return socket
}

export const send = (socket: WebSocket, room: string, content: string) =>
  socket.send(
    JSON.stringify({ type: 'message.send', room, content, client_id: crypto.randomUUID(), ref: 's' }),
  )

/** Ends and removes all that was started and created. */
export async function close(): Promise<void> {
  for (const child of children) child.kill('SIGKILL')
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  rmSync(directory, { recursive: true, force: true })
}
