import postgres from 'postgres'
import { createSockets, failingSocket } from './sockets.ts'
import { decoders, encoders } from './wire.ts'

type Log = (message: string, fields?: object) => void

export type Pool = postgres.Sql

type Options = { max: number; max_lifetime?: null; connection: object }

/** `current` is the pool to use now: ask for it each time. */
export type Pools = { current(): Pool; dropSilentSince(at: number): void; close(): Promise<void> }

/**
 * A connection pool that is replaced by a fresh one whenever one of its connections is lost. postgres.js would use a
 * lost connection again, with what it was about to write on it still in its buffer: the new connection then never
 * starts, and every statement put on it times out (3.4.9: `closed()` resets neither `chunk` nor `nextWriteTimer`).
 * What is under way on the other connections of the old pool is finished there.
 */
export function createPools(url: string, log: Log, options: Options): Pools {
  const sockets = createSockets()
  let closed = false
  let current = create()

  function create(): Pool {
    let attempts = 0
    let retired = false
    const pool = connect(url, log, {
      ...options,
      socket: (target) => (retired ? failingSocket() : sockets.open(target, attempts++, lost)),
    })
    function lost(): void {
      if (retired || closed) return
      retired = true
      current = create()
      void pool.end({ timeout: 5 })
    }
    return pool
  }

  return {
    current: () => current,
    dropSilentSince: sockets.dropSilentSince,
    async close() {
      closed = true
      await current.end({ timeout: 5 })
      sockets.close()
    },
  }
}

type Target = Parameters<ReturnType<typeof createSockets>['open']>[0]

function connect(
  url: string,
  log: Log,
  { connection, ...options }: Options & { socket(target: Target): ReturnType<typeof failingSocket> },
): Pool {
  const pool = postgres(url, {
    ...options,
    connect_timeout: 3,
    // Above 500 ms a try the pool would be slow to notice that the server is back.
    backoff: (tries: number) => Math.min(0.5, 0.05 * 2 ** tries),
    fetch_types: false,
    onnotice: (notice: postgres.Notice) => log('Postgres says', { notice: notice.message }),
    connection: { application_name: 'parley', TimeZone: 'UTC', ...connection },
  } as postgres.Options<Record<string, never>>)
  Object.assign(pool.options.parsers, decoders)
  Object.assign(pool.options.serializers, encoders)
  return pool
}
