/**
 * Measures searches: `DATABASE_URL=… bun scripts/search-figures.ts --messages 1000000 --rooms 1000`; without DATABASE_URL on the embedded
 * database. It uses a database or directory of its own, which it removes at the end. With `--place <directory>` they stay: the first run only
 * fills them, and each later one measures, when the machine is quiet. On Postgres such a place is filled with COPY into unlogged tables, so that
 * 10,000,000 messages take minutes; how fast they are searched does not depend on it, how fast others are sent does, and is not measured there.
 * `--seconds 0` leaves them out everywhere. The figures are in docs/performance.md.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { readConfig } from '../src/config.ts'
import { makeKey } from '../src/crypto/keyring.ts'
import { randomToken } from '../src/crypto/keys.ts'
import type { LogRoom } from '../src/features/log/entry.ts'
import { createLog } from '../src/log.ts'
import { createServer, type Server } from '../src/server.ts'
import { fillMessages } from './search-fill.ts'
import { anyWord, rankWithin, textOf, vocabulary } from './search-texts.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    rooms: { type: 'string', default: '1000' },
    queries: { type: 'string', default: '200' },
    limit: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '2000' },
    place: { type: 'string' },
  },
})
const messages = Number(values.messages)
const roomCount = Number(values.rooms)
const account = { username: 'ada', email: 'ada@example.org', password: 'the tide turns at four' }

const place = values.place && resolve(values.place)
if (place) mkdirSync(place, { recursive: true })
const directory = place ?? mkdtempSync(join(tmpdir(), 'parley-search-'))
const kept = join(directory, 'figures.json')
const isThere = existsSync(kept)
const { database, secrets } = isThere
  ? JSON.parse(readFileSync(kept, 'utf8'))
  : {
      database: `parley_search_${process.pid}`,
      secrets: { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() },
    }
const base = process.env.DATABASE_URL
const admin = base === undefined ? undefined : postgres(base, { max: 1 })
const address = base === undefined ? undefined : new URL(base)
if (address) address.pathname = database

const start = (search: 'on' | 'off'): Promise<Server> =>
  createServer(
    readConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
      DATA_DIR: join(directory, 'data'),
      SEARCH: search,
      ...secrets,
      ...(address && { DATABASE_URL: String(address) }),
    }),
    createLog({ level: 'error' }),
  )
const say = (what: string, ...rest: unknown[]): void => console.log(what.padEnd(44), ...rest)

async function post(url: string, path: string, body: object, token?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  }
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return answer.json()
}

async function fill(): Promise<void> {
  await admin?.unsafe(`create database ${database}`)
  const server = await start('off')
  const { tools, url } = server
  const code = server.setupLink!.split('#setup=')[1]
  const { access_token: token, user } = await post(url, '/auth/setup', { ...account, code })
  const ids: string[] = []
  for (let n = 0; n < roomCount; n++) ids.push((await post(url, '/rooms', { id: `measured-${n}` }, token)).id)
  const rooms = await tools.sql.query<LogRoom>(
    'select key, id, epoch from rooms where id = any($1::text[])',
    [ids],
  )
  const copy = place && address ? postgres(String(address), { max: 2 }) : undefined
  const { storedSeconds, indexedSeconds } = await fillMessages(tools, rooms, user, messages, copy)
  await copy?.end()
  say('messages stored with their words', messages, `${storedSeconds.toFixed(0)} s`)
  say('indexes made', `${indexedSeconds.toFixed(0)} s`)
  await tools.sql.withoutTimeLimits(async (sql) => {
    for (const table of ['search_words', 'log']) await sql.query(`vacuum (analyze) ${table}`)
  })
  await server.stop()
  writeFileSync(kept, JSON.stringify({ database, secrets }))
}

async function measure(): Promise<void> {
  const server = await start('on')
  const { tools, url } = server
  const { access_token: token } = await post(url, '/auth/login', account)
  const ids = Array.from({ length: roomCount }, (_, n) => `measured-${n}`)
  const [stored] = await tools.sql.query<{ words: number }>('select count(*) as words from search_words')
  say('messages with words', stored!.words)
  const size = async (what: string): Promise<number> =>
    (await tools.sql.query<{ bytes: number }>(`select ${what}::bigint as bytes`))[0]!.bytes
  for (const what of [
    `pg_total_relation_size('search_words')`,
    `pg_relation_size('search_words')`,
    `pg_relation_size('search_words_terms')`,
  ])
    say(`${what}, bytes a message`, Math.round((await size(what)) / stored!.words))

  const search = async (q: string): Promise<{ ms: number; found: number }> => {
    const from = performance.now()
    const answer = await fetch(`${url}/search?${new URLSearchParams({ q, limit: values.limit })}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { items } = await answer.json()
    return { ms: performance.now() - from, found: items?.length ?? -1 }
  }
  const measured = async (what: string, queryOf: () => string): Promise<void> => {
    const all: { ms: number; found: number }[] = []
    for (let n = 0; n < Number(values.queries); n++) all.push(await search(queryOf()))
    const times = all.map(({ ms }) => ms).sort((one, other) => one - other)
    const at = (share: number): string => `${times[Math.floor((times.length - 1) * share)]!.toFixed(1)} ms`
    const found = all.filter(({ found }) => found > 0).length
    const refused = all.filter(({ found }) => found < 0).length
    say(
      what,
      'p50',
      at(0.5),
      'p95',
      at(0.95),
      'most',
      at(1),
      `found ${found} of ${all.length}, refused ${refused}`,
    )
  }
  const two = (): string => {
    const words = textOf().split(' ')
    return `${words[0]} ${words[1]} `
  }
  const word = (from: number, to: number): string => vocabulary[rankWithin(from, to)]!
  await measured('(warming up)', two)
  await measured('two words', two)
  await measured('two common words', () => `${word(0, 10)} ${word(0, 10)} `)
  await measured('two words of middling frequency', () => `${word(20, 500)} ${word(20, 500)} `)
  await measured('a common and a rare word', () => `${word(0, 10)} ${word(2000, 20_000)} `)
  await measured('one word of any frequency', () => `${anyWord()} `)
  await measured('the commonest word', () => `${vocabulary[0]} `)
  await measured('the beginning of a word', () => anyWord().slice(0, 3))
  await measured('two words in one room', () => `${two()}in:${ids[Math.floor(Math.random() * ids.length)]}`)
  await measured('a word that is nowhere', () => `zz${Math.floor(Math.random() * 1e6)} `)

  if (Number(values.seconds) > 0 && !(place && address)) await measureSends(url, token, ids)
  await server.stop()
}

/** How far the index is behind while people send. */
async function measureSends(url: string, token: string, ids: string[]): Promise<void> {
  const sockets = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const { ticket } = await post(url, '/auth/ticket', {}, token)
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?ticket=${ticket}`)
      await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
      return socket
    }),
  )
  let replies = 0
  for (const socket of sockets)
    socket.addEventListener('message', ({ data }) => void (String(data).includes('"reply"') && replies++))
  const lags: number[] = []
  const from = performance.now()
  const until = from + Number(values.seconds) * 1000
  let sent = 0
  while (performance.now() < until) {
    const due = ((performance.now() - from) / 1000) * Number(values.rate)
    for (; sent < due; sent++)
      sockets[sent % sockets.length]!.send(
        JSON.stringify({
          type: 'message.send',
          ref: sent,
          room: ids[sent % Math.min(100, roomCount)],
          content: textOf(),
        }),
      )
    const text = await (await fetch(`${url}/metrics`)).text()
    lags.push(Number(/^parley_search_lag_seconds\{[^}]*\} (.*)$/m.exec(text)?.[1] ?? 0))
    await Bun.sleep(20)
  }
  const seconds = (performance.now() - from) / 1000
  say('sent', sent, `${Math.round(replies / seconds)} a second replied`)
  lags.sort((one, other) => one - other)
  const lag = (share: number): string => lags[Math.floor((lags.length - 1) * share)]!.toFixed(2)
  say('lag of the index', 'p50', lag(0.5), 'p95', lag(0.95), 'most', lag(1), 's')
  for (const socket of sockets) socket.close()
}

try {
  if (!isThere) await fill()
  if (isThere || !place) await measure()
} finally {
  if (!place) {
    await admin?.unsafe(`drop database if exists ${database} with (force)`)
    rmSync(directory, { recursive: true, force: true })
  }
  await admin?.end()
}
