import postgres from 'postgres'
import type { Bus } from '../../src/bus/bus.ts'
import { openBusOver } from '../../src/bus/over-line.ts'
import { postgresLine } from '../../src/bus/postgres.ts'
import { redisLine } from '../../src/bus/redis.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { type Cable, layCable } from '../support/cable.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { freshDatabase, postgresForTests } from '../support/postgres.ts'
import { redisForTests, startRedis } from '../support/redis.ts'

export type Community = { key: Uint8Array; id: string }
export const ours: Community = { key: new Uint8Array(32).fill(7), id: 'ours|1' }

/** How a bus of one node is opened. `cable`: the way that its bytes take. */
type Opening = { community?: Community; cable?: Cable; expected?: number }

export type Engine = {
  name: string
  /** Whether entries of the log travel with their text. */
  whole: boolean
  open(opening?: Opening): Promise<Bus>
  /** A way to the engine; `see` gets every byte. Undefined where there is no wire. */
  cable?(see?: (piece: Buffer) => void): Promise<Cable>
  /** Sends all that was sent since `tap` once more, as a stranger who has no key could. */
  tap?(): Promise<{ heard(): number; repeat(): Promise<void>; close(): Promise<void> }>
  stop(): Promise<void>
}

const silent = createLog({ level: 'silent' })
const mostNodes = 20

function optionsOf({ community = ours, expected = 0 }: Opening) {
  const metrics = createMetrics()
  metrics.stop()
  const common = { node: crypto.randomUUID(), log: silent, metrics: metrics.bus }
  return {
    ...common,
    key: community.key,
    community: async () => community.id,
    expected: async () => expected,
  }
}

function inMemory(): Engine {
  const { buses } = linkedBuses(mostNodes)
  let used = 0
  return { name: 'memory', whole: true, open: async () => buses[used++]!, stop: async () => {} }
}

async function overPostgres(): Promise<Engine> {
  const fresh = (await freshDatabase())!
  const { port } = new URL(fresh.url)
  return {
    name: 'Postgres',
    whole: false,
    open: (opening = {}) => {
      const url = new URL(fresh.url)
      if (opening.cable) url.port = String(opening.cable.port)
      return openBusOver(
        postgresLine(url.href, () => {}),
        optionsOf(opening),
      )
    },
    cable: (see) => layCable(Number(port || 5432), see),
    async tap() {
      const sql = postgres(fresh.url, { max: 1 })
      const seen: string[] = []
      const { unlisten } = await sql.listen('parley_bus', (payload) => seen.push(payload))
      return {
        heard: () => seen.length,
        async repeat() {
          for (const payload of seen.splice(0)) await sql.notify('parley_bus', payload)
        },
        async close() {
          await unlisten()
          await sql.end()
        },
      }
    },
    stop: fresh.drop,
  }
}

async function overRedis(): Promise<Engine> {
  const redis = await startRedis({ password: 'p@ss' })
  return {
    name: 'Redis',
    whole: true,
    open: (opening = {}) => {
      const url = new URL(redis.url.replace('p@ss', 'p%40ss'))
      if (opening.cable) url.port = String(opening.cable.port)
      const { key, id } = opening.community ?? ours
      return openBusOver(redisLine(url.href, key, id.split('|')[0]!), optionsOf(opening))
    },
    cable: (see) => layCable(redis.port, see),
    async tap() {
      const url = redis.url.replace('p@ss', 'p%40ss')
      const [listener, talker] = [new Bun.RedisClient(url), new Bun.RedisClient(url)]
      const seen: [string, string][] = []
      const channels = (await talker.send('PUBSUB', ['CHANNELS', 'parley:*'])) as string[]
      for (const channel of channels) await listener.subscribe(channel, (text) => seen.push([channel, text]))
      return {
        heard: () => seen.length,
        async repeat() {
          for (const [channel, text] of seen.splice(0)) await talker.publish(channel, text)
        },
        async close() {
          for (const client of [listener, talker]) client.close()
        },
      }
    },
    stop: redis.stop,
  }
}

/** What there is on this machine. */
export const engines: { name: string; start(): Promise<Engine>; wired: boolean }[] = [
  { name: 'memory', start: async () => inMemory(), wired: false },
  ...((await postgresForTests()) ? [{ name: 'Postgres', start: overPostgres, wired: true }] : []),
  ...(redisForTests ? [{ name: 'Redis', start: overRedis, wired: true }] : []),
]
