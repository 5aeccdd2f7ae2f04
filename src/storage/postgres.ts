import postgres from 'postgres'
import { createDeadline, type Within } from './deadline.ts'
import { DatabaseUnavailable } from './errors.ts'
import { createSockets } from './sockets.ts'
import { abandoning, begin, sqlOver } from './statements.ts'
import type { Session, Storage } from './storage.ts'
import { decoders, encoders } from './wire.ts'

type Log = (message: string, fields?: object) => void
type Pool = postgres.Sql

const oldestVersion = 15

/** The server gives up on a statement first, so that a missed deadline means a connection gone silent. */
const statementMs = 4000
const deadlineMs = 5000
const pingMs = 2000
const mostWaiting = 20_000
const limits = {
  statement_timeout: statementMs,
  lock_timeout: statementMs - 1000,
  // A node that was cut off in the middle of a transaction must not hold its rows for long.
  idle_in_transaction_session_timeout: 10_000,
}

/** "Parl", "eye!": two numbers that nobody else takes for an advisory lock. */
const aloneLock = [1_348_563_564, 1_702_454_561]

/** A Postgres server. Connections are made and remade as needed; nothing waits for one longer than 5 s. */
export async function openPostgres(url: string, poolSize: number, log: Log): Promise<Storage> {
  const sockets = createSockets()
  const pool = createPool(url, log, { max: poolSize, socket: sockets.open, connection: limits })
  const within = createDeadline({ limitMs: deadlineMs, mostWaiting, onMiss: sockets.dropSilentSince })
  const withinPing = createDeadline({ limitMs: pingMs, mostWaiting, onMiss: () => undefined })

  const storage: Storage = {
    ...sessionOver(pool, within),
    kind: 'postgres',
    promise: `Postgres at ${placeOf(pool)}: an acknowledged commit survives what that server promises to survive.`,
    alone: (work) => alone(url, log, work),
    ping: async () => {
      const query = pool.unsafe('select 1')
      await withinPing(() => query, abandoning(query))
    },
    async close() {
      await pool.end({ timeout: 5 })
      sockets.close()
    },
  }

  try {
    await refuseOldServer(storage, pool)
  } catch (error) {
    await storage.close()
    throw error
  }
  return storage
}

type PoolOptions = {
  max: number
  max_lifetime?: null
  connection: object
  socket?: ReturnType<typeof createSockets>['open']
}

function createPool(url: string, log: Log, { connection, ...options }: PoolOptions): Pool {
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

function sessionOver(pool: Pool, within: Within): Session {
  return {
    ...sqlOver(pool, pool, within),
    transaction: (work) => begin(pool, within, (tx, inside) => work(sqlOver(pool, tx, inside))),
  }
}

/** One connection of its own: the lock is the connection's and is gone with it, however this process ends. */
async function alone<T>(url: string, log: Log, work: (session: Session) => Promise<T>): Promise<T> {
  const connection = { statement_timeout: 0, lock_timeout: 0 }
  const pool = createPool(url, log, { max: 1, max_lifetime: null, connection })
  try {
    const session = sessionOver(pool, async (ask) => ask())
    await session.query('select pg_advisory_lock($1, $2)', aloneLock)
    return await work(session)
  } finally {
    await pool.end({ timeout: 5 })
  }
}

async function refuseOldServer(storage: Storage, pool: Pool): Promise<void> {
  const version = await storage
    .query<{ number: number; name: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
    )
    .catch((error: unknown) => {
      throw new DatabaseUnavailable(
        `Postgres at ${placeOf(pool)} cannot be used: ${reasonOf(error)}. ` +
          'Check DATABASE_URL and that the server is running and lets this machine in; ' +
          'without DATABASE_URL the embedded database is used.',
        { cause: error },
      )
    })
  const { number, name } = version[0]!
  if (number >= oldestVersion * 10_000) return
  throw new Error(
    `Postgres at ${placeOf(pool)} is version ${name}; Parley needs ${oldestVersion} or newer. Upgrade that server.`,
  )
}

/** Host, port, database and user: never the password. */
function placeOf({ options: { host, port, path, database, user } }: Pool): string {
  const places = path ? path : host.map((name, index) => `${name}:${port[index]}`).join(',')
  return `${places}, database "${database}", user "${user}"`
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || 'no answer'
}
