/**
 * What the index of searches costs those who send: `DATABASE_URL=… bun scripts/search-cost.ts --pairs 4`; without DATABASE_URL on the
 * embedded database. Each pair is one new server with SEARCH=on and one with SEARCH=off, in turns, on databases of their own, which it
 * removes at the end. 100 people keep 4 messages unacknowledged each, as in the bench, but of 16 words, and a second person hears each of
 * them. The figures are in docs/performance.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openCommunity } from '../src/bench/community.ts'
import { costOf } from '../src/bench/cost.ts'
import { embeddedPlace, postgresPlace } from '../src/bench/place.ts'
import { createPlan } from '../src/bench/plan.ts'
import { createProcesses } from '../src/bench/processes.ts'
import { ownProgram } from '../src/own-program.ts'
import { textOf } from './search-texts.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '5' },
    rooms: { type: 'string', default: '100' },
    members: { type: 'string', default: '2' },
    window: { type: 'string', default: '4' },
  },
})
const [pairs, seconds, rooms, members, window] = [
  values.pairs,
  values.seconds,
  values.rooms,
  values.members,
  values.window,
].map(Number) as [number, number, number, number, number]
const warmSeconds = 2
const database = process.env.DATABASE_URL

type Measured = { rate: number; cpuUs: number; p50: number; p99: number; indexed: number; lag: number }

async function measure(search: 'on' | 'off'): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-cost-'))
  const processes = createProcesses(ownProgram(), directory)
  const place = database ? await postgresPlace(database, directory) : embeddedPlace(directory)
  try {
    const plan = {
      ...createPlan({ quick: false, only: ['many'], openFiles: 10_000 }),
      people: rooms * members,
    }
    const { server, people, makeRooms } = await openCommunity(
      processes,
      { ...place, env: { ...place.env, SEARCH: search } },
      plan,
    )
    const membersOf = (room: number) => people.slice(room * members, (room + 1) * members)
    const names = Array.from({ length: rooms }, (_, n) => `cost-${n}`)
    await makeRooms(names, membersOf)

    let replies = 0
    let waits: number[] = []
    let sending = true
    const texts = Array.from({ length: 5000 }, textOf)
    const frame = (n: number): string =>
      JSON.stringify({ type: 'message.send', content: texts[n % texts.length] })
    const sockets = await Promise.all(
      names.flatMap((room, index) =>
        membersOf(index).map(async ({ token }, seat) => {
          const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/${room}?token=${token}`)
          await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
          const began: number[] = []
          let next = index * 37
          const send = (): void => {
            began.push(performance.now())
            socket.send(frame(next++))
          }
          socket.addEventListener('message', ({ data }) => {
            if (seat > 0 || !String(data).startsWith('{"type":"reply"')) return
            replies++
            waits.push(performance.now() - began.shift()!)
            if (sending) send()
          })
          return seat === 0 ? { socket, start: () => Array.from({ length: window }, send) } : { socket }
        }),
      ),
    )
    const metric = async (name: string): Promise<number> => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return Number(new RegExp(`^parley_${name}\\{[^}]*\\} (.*)$`, 'm').exec(text)?.[1] ?? 0)
    }
    for (const { start } of sockets) start?.()
    await Bun.sleep(warmSeconds * 1000)
    const from = { at: performance.now(), replies, cpu: costOf(server.pid)!.cpuSeconds }
    waits = []
    await Bun.sleep(seconds * 1000)
    const took = (performance.now() - from.at) / 1000
    const sent = replies - from.replies
    const cpu = costOf(server.pid)!.cpuSeconds - from.cpu
    const indexed = await metric('search_messages_indexed_total')
    const lag = await metric('search_lag_seconds')
    sending = false
    for (const { socket } of sockets) socket.close()
    await server.stop()
    waits.sort((one, other) => one - other)
    const at = (share: number): number => waits[Math.floor((waits.length - 1) * share)]!
    return { rate: sent / took, cpuUs: (cpu / sent) * 1e6, p50: at(0.5), p99: at(0.99), indexed, lag }
  } finally {
    await processes.endAll()
    await place.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

const say = (search: string, { rate, cpuUs, p50, p99, indexed, lag }: Measured): void =>
  console.log(
    `SEARCH=${search.padEnd(3)} ${rate.toFixed(0)} messages/s, ${cpuUs.toFixed(1)} µs of CPU each, ` +
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; indexed ${indexed}, behind ${lag.toFixed(1)} s`,
  )

const ratios: number[] = []
for (let pair = 0; pair < pairs; pair++) {
  const rates = { on: 0, off: 0 }
  for (const search of pair % 2 ? (['off', 'on'] as const) : (['on', 'off'] as const)) {
    const measured = await measure(search)
    rates[search] = measured.rate
    say(search, measured)
  }
  ratios.push(rates.on / rates.off)
}
ratios.sort((one, other) => one - other)
console.log('sends with the index on ÷ off:', ratios.map((ratio) => ratio.toFixed(3)).join(' · '))
