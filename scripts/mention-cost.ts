/**
 * What it costs those who send that everybody in a room is mentioned, and that people have keywords:
 * `bun scripts/mention-cost.ts [embedded|postgres] [people] [rounds] [devices]`. Everybody is in one room, and a part of them is online there. 100 people
 * send at a steady pace in rooms of their own and some in the room of all. A round is some seconds without any `@room` and as many with one every
 * second, each first in turn; `devices` of those who are offline get push messages. Then everybody sets ten keywords, and the same sends go on without any `@room`. On a server and a database of its
 * own. The figures are in docs/performance.md.
 */
import { createECDH } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCommunity, type Person } from '../src/bench/community.ts'
import { costOf } from '../src/bench/cost.ts'
import { embeddedPlace, postgresPlace } from '../src/bench/place.ts'
import type { Plan } from '../src/bench/plan.ts'
import { createProcesses } from '../src/bench/processes.ts'
import { ownProgram } from '../src/own-program.ts'

const [kind = 'embedded', crowd = '10000', rounds = '4', devices = '0', profile] = process.argv.slice(2)
const people = Number(crowd)
const seconds = 6
const rooms = 50
const listening = Math.min(200, people >> 1)
/** Of all senders together. */
const perSecond = 200
const inCrowd = 5
const keywordsEach = 10
const putsAtOnce = 48
const databaseUrl = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

const directory = mkdtempSync(join(tmpdir(), 'parley-mentions-'))
const program = profile
  ? ownProgram().toSpliced(1, 0, '--cpu-prof', `--cpu-prof-dir=${profile}`)
  : ownProgram()
const processes = createProcesses(program, directory)
/** A push service that takes everything. */
let pushes = 0
const service = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch() {
    pushes++
    return new Response(null, { status: 201 })
  },
})
const place = kind === 'embedded' ? embeddedPlace(directory) : await postgresPlace(databaseUrl, directory)

type Sender = { send(content: string): Promise<number> }
type Block = { waits: number[]; calls: number[]; cpuMs: number }

try {
  const env = { ...place.env, OUTGOING_ALLOW: '127.0.0.1/32', RATE_LIMITS: 'off' }
  const community = await openCommunity(processes, { ...place, env }, {
    people: people + 2 * rooms + 1,
  } as Plan)
  const { server, makeRooms } = community
  const [owner, ...others] = community.people as [Person, ...Person[]]
  const pairs = others.slice(0, 2 * rooms)
  const all = others.slice(2 * rooms)
  const names = Array.from({ length: rooms }, (_, n) => `pair-${n}`)
  await makeRooms(names, (n) => pairs.slice(2 * n, 2 * n + 2))
  await makeRooms(['crowd'], () => all)
  console.log(`${kind}: ${all.length} people in one room, ${listening} of them online there`)

  const keys = createECDH('prime256v1')
  keys.generateKeys()
  const subscription = { p256dh: keys.getPublicKey('base64url'), auth: 'A'.repeat(22) }
  await inTurns(all.slice(listening, listening + Number(devices)), ({ token }, n) =>
    ask(token, 'POST', '/push/subscriptions', {
      endpoint: `http://127.0.0.1:${service.port}/${n}`,
      keys: subscription,
    }),
  )

  async function ask(token: string, method: string, path: string, body: object): Promise<void> {
    const { ok, status } = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!ok) throw new Error(`${method} ${path}: ${status}`)
  }

  const own = await Promise.all(pairs.map((person, n) => open(server.url, person, names[n >> 1]!)))
  const inRoom = await Promise.all(all.slice(0, listening).map((person) => open(server.url, person, 'crowd')))
  const caller = await open(server.url, owner, 'crowd')
  const senders = [...own, ...inRoom.slice(0, inCrowd)]

  async function block(withCalls: boolean): Promise<Block> {
    const [waits, calls]: number[][] = [[], []]
    const before = costOf(server.pid)!.cpuSeconds
    const sent: Promise<unknown>[] = []
    const began = performance.now()
    for (let n = 0; n < seconds * perSecond; n++) {
      const due = began + (n * 1000) / perSecond
      const early = due - performance.now()
      if (early > 1) await Bun.sleep(early)
      if (withCalls && n % perSecond === perSecond >> 1)
        sent.push(caller.send('Everybody to the boats, @room').then((ms) => calls!.push(ms)))
      const sender = senders[(n * 37) % senders.length]!
      sent.push(sender.send(textOf(n)).then((ms) => waits!.push(ms)))
    }
    await Promise.all(sent)
    return { waits: waits!, calls: calls!, cpuMs: (costOf(server.pid)!.cpuSeconds - before) * 1000 }
  }

  await block(true)
  const found = { without: [] as Block[], with: [] as Block[] }
  for (let round = 0; round < Number(rounds); round++) {
    const order = round % 2 ? ([true, false] as const) : ([false, true] as const)
    for (const calls of order) found[calls ? 'with' : 'without'].push(await block(calls))
  }
  say('without @room', found.without)
  say('with @room every second', found.with)
  compare('p99 with @room ÷ without', found.with, found.without)
  if (pushes > 0) console.log(`${pushes} push messages to ${devices} devices`)

  const began = performance.now()
  await inTurns(all, ({ token }, n) => {
    const keywords = Array.from({ length: keywordsEach }, (_, at) => `word${n * keywordsEach + at}`)
    return ask(token, 'PUT', '/users/me/keywords', { keywords })
  })
  console.log(
    `${all.length * keywordsEach} keywords set in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  )
  await block(false)
  const words: Block[] = []
  for (let round = 0; round < Number(rounds); round++) words.push(await block(false))
  say('with keywords', words)
  compare('p99 with keywords ÷ without', words, found.without)
  for (const { close } of [...own, ...inRoom, caller]) close()
  await server.stop()
} finally {
  void service.stop(true)
  await processes.endAll()
  await place.close()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)

/** Of 12 words; one in ten messages has a word that somebody has as a keyword. */
function textOf(n: number): string {
  const plain = Array.from({ length: 12 }, (_, at) => `harbour${(n * 31 + at * 7) % 5000}`)
  return n % 10 === 0 ? `${plain.join(' ')} word${(n * 13) % 1000}` : plain.join(' ')
}

/** A socket that joins a room; a send resolves to how many milliseconds its reply took. */
async function open(url: string, { token }: Person, room: string): Promise<Sender & { close(): void }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/${room}?token=${token}`)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', () => resolve(), { once: true })
    socket.addEventListener('close', ({ code }) => reject(new Error(`Closed with ${code}`)), { once: true })
  })
  const waiting = new Map<number, (ms: number) => void>()
  let ref = 0
  socket.addEventListener('message', ({ data }) => {
    if (waiting.size === 0 || !/^\{"type":"(?:reply|error)"/.test(data)) return
    const reply = JSON.parse(data) as { type: string; ref: number }
    if (reply.type === 'error') throw new Error(data)
    waiting.get(reply.ref)?.(performance.now())
    waiting.delete(reply.ref)
  })
  return {
    send: (content) =>
      new Promise((resolve) => {
        const began = performance.now()
        waiting.set(++ref, (at) => resolve(at - began))
        socket.send(JSON.stringify({ type: 'message.send', ref, content }))
      }),
    close: () => socket.close(),
  }
}

/** A few at a time. */
async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) await work(item, index)
  }
  await Promise.all(Array.from({ length: putsAtOnce }, worker))
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}

function say(what: string, blocks: Block[]): void {
  const waits = blocks.flatMap((each) => each.waits)
  const calls = blocks.flatMap((each) => each.calls)
  const cpu = blocks.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  console.log(
    `${what}: ${waits.length} sends, p50 ${percentile(waits, 0.5).toFixed(2)} ms, p99 ${percentile(waits, 0.99).toFixed(2)} ms, ` +
      `longest ${percentile(waits, 1).toFixed(1)} ms, ${(cpu / waits.length).toFixed(3)} ms CPU each; ` +
      `p99 of blocks ${blocks.map((each) => percentile(each.waits, 0.99).toFixed(1)).join(' · ')}` +
      (calls.length > 0
        ? `; the @room itself: p50 ${percentile(calls, 0.5).toFixed(2)} ms, longest ${percentile(calls, 1).toFixed(1)} ms`
        : ''),
  )
}

function compare(what: string, some: Block[], base: Block[]): void {
  const p99 = (blocks: Block[]): number =>
    percentile(
      blocks.flatMap(({ waits }) => waits),
      0.99,
    )
  const ofBlocks = (blocks: Block[]): number =>
    percentile(
      blocks.map(({ waits }) => percentile(waits, 0.99)),
      0.5,
    )
  console.log(
    `${what}: ${(p99(some) / p99(base)).toFixed(2)} of all sends, ${(ofBlocks(some) / ofBlocks(base)).toFixed(2)} of the medians of the blocks`,
  )
}
