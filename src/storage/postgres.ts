import { createDeadline, type Within } from './deadline.ts'
import { DatabaseUnavailable } from './errors.ts'
import { openPool, type Pool } from './pool.ts'
import { abandoning, sqlOver, transact } from './statements.ts'
import type { DbSession, Storage } from './storage.ts'

type Log = (message: string, fields?: object) => void

const oldestVersion = 15

/** The server gives up on a statement first, so that a missed deadline means a connection gone silent. */
const statementMs = 4000
const deadlineMs = 4500
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
  const pool = openPool(url, log, { max: poolSize, limits })
  const place = placeOf(pool.sql)
  const within = createDeadline({ limitMs: deadlineMs, mostWaiting, onMiss: pool.dropSilentSince })
  const withinPing = createDeadline({ limitMs: pingMs, mostWaiting, onMiss: () => undefined })

  const storage: Storage = {
    ...sessionOver(pool, within),
    kind: 'postgres',
    promise: `Postgres at ${place}: an acknowledged commit survives what that server promises to survive.`,
    unhurried: (work) => unhurried(url, log, work),
    alone: (work) => alone(url, log, work),
    ping: async () => {
      const query = pool.sql.unsafe('select 1')
      await withinPing(() => query, abandoning(query))
    },
    close: pool.close,
  }

  try {
    await refuseUnfit(storage, place)
  } catch (error) {
    await storage.close()
    throw error
  }
  return storage
}

function sessionOver({ sql }: Pool, within: Within): DbSession {
  return {
    ...sqlOver(sql, within),
    transaction: (work) => transact(sql, within, (tx) => work(sqlOver(tx, within))),
  }
}

const unlimited = { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 }

/** One connection of its own. */
async function unhurried<T>(url: string, log: Log, work: (session: DbSession) => Promise<T>): Promise<T> {
  const pool = openPool(url, log, { max: 1, max_lifetime: null, limits: unlimited })
  try {
    return await work(sessionOver(pool, async (ask) => ask()))
  } finally {
    await pool.close()
  }
}

/** The lock is the connection's and is gone with it, however this process ends. */
function alone<T>(url: string, log: Log, work: (session: DbSession) => Promise<T>): Promise<T> {
  return unhurried(url, log, async (session) => {
    await session.query('select pg_advisory_lock($1, $2)', aloneLock)
    return work(session)
  })
}

type Server = { number: number; name: string; encoding: string }

async function refuseUnfit(storage: Storage, place: string): Promise<void> {
  const [server] = await storage
    .query<Server>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as name,
              current_setting('server_encoding') as encoding`,
    )
    .catch((error: unknown) => {
      throw new DatabaseUnavailable(
        `Postgres at ${place} cannot be used: ${reasonOf(error)}. ` +
          'Check DATABASE_URL and that the server is running and lets this machine in; ' +
          'without DATABASE_URL the embedded database is used.',
        { cause: error },
      )
    })
  const { number, name, encoding } = server!
  if (number < oldestVersion * 10_000)
    throw new Error(
      `Postgres at ${place} is version ${name}; Parley needs ${oldestVersion} or newer. Upgrade that server.`,
    )
  if (encoding !== 'UTF8')
    throw new Error(
      `Postgres at ${place} stores text as ${encoding} and Parley needs UTF8: ` +
        'create another database with createdb --template=template0 --encoding=UTF8.',
    )
}

/** Host, port, database and user: never the password. */
function placeOf({ options: { host, port, path, database, user } }: Pool['sql']): string {
  const places = path ? path : host.map((name, index) => `${name}:${port[index]}`).join(',')
  return `${places}, database "${database}", user "${user}"`
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || 'no answer'
}
