import { createDeadline, type Within } from './deadline.ts'
import { DatabaseUnavailable } from './errors.ts'
import {
  holderKey,
  holderQuery,
  keyMark,
  lackingQuery,
  type NodeLock,
  poolerAt,
  takeNodeLock,
} from './node-lock.ts'
import { openPool, type Pool } from './pool.ts'
import { cancelUnlessSent, sqlOver, transact } from './statements.ts'
import type { DbSession, Storage } from './storage.ts'

type Log = (message: string, fields?: object) => void

const oldestVersion = 15

/** The server's own limit is shorter, so a missed deadline means that the connection is dead. */
const statementMs = 4000
const deadlineMs = 4500
const pingMs = 2000
const mostWaiting = 20_000
const limits = {
  statement_timeout: statementMs,
  lock_timeout: statementMs - 1000,
  // A node that was cut off in the middle of a transaction must not lock its rows for long.
  idle_in_transaction_session_timeout: 10_000,
}

/** "Parl", "eye!": two numbers that no other program is likely to use for an advisory lock. */
const exclusiveLock = [1_348_563_564, 1_702_454_561]

/** Opens a Postgres server. Connections are opened and reopened as needed; no statement waits longer than 5 s. */
export async function openPostgres(
  url: string,
  poolSize: number,
  log: Log,
  onStatement: () => void,
): Promise<Storage> {
  const pool = openPool(url, log, { max: poolSize, limits })
  const place = placeOf(pool.sql)
  const deadline = createDeadline({ limitMs: deadlineMs, mostWaiting, onMiss: pool.dropSilentSince })
  let lock: NodeLock | undefined
  /** A server that has lost its lock must not write, because another may have it by now. */
  const whileHeld = <T>(work: () => PromiseLike<T>): PromiseLike<T> =>
    !lock || lock.isHeld() ? work() : lock.held().then(work)
  const within: Within = (work, abandon) => {
    onStatement()
    return deadline(() => whileHeld(work), abandon)
  }
  const withinPing = createDeadline({ limitMs: pingMs, mostWaiting, onMiss: () => false })

  const storage: Storage = {
    ...sessionOver(pool, within),
    kind: 'postgres',
    promise: `Postgres at ${place}: an acknowledged commit survives what that server promises to survive.`,
    withoutTimeLimits: (work) => withoutTimeLimits(url, log, whileHeld, work),
    exclusively: (work) => exclusively(url, log, whileHeld, work),
    ping: async () => {
      const query = pool.sql.unsafe('select 1')
      await withinPing(() => query, cancelUnlessSent(query))
    },
    claim: async (keys) => {
      const taken = await takeNodeLock(url, log, place, keys)
      try {
        taken.checkOwn(await backendsOf(storage))
      } catch (error) {
        await taken.release()
        throw error
      }
      lock = taken
      return lock
    },
    isClaimed: async () => lock === undefined && (await storage.countNodes()) > 0,
    countNodes: async () => (await storage.query(holderQuery, holderKey)).length,
    countNodesWithout: async (key) =>
      (await storage.query(lackingQuery, [...holderKey, ...keyMark(key)])).length,
    close: async () => {
      await pool.close()
      // Afterwards, so that the next server begins when this one has written its last.
      await lock?.release()
    },
  }

  try {
    const { commits } = await checkServer(storage, place)
    if (commits === 'off')
      storage.promise =
        `Postgres at ${place} has synchronous_commit = off: an acknowledged commit of its last moments is lost ` +
        'when that server crashes. Set it to on for this database.'
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

type Ask = <T>(work: () => PromiseLike<T>) => PromiseLike<T>

const looks = 5

/** The backends that our statements come to, of several one after the other and at once. */
async function backendsOf({ query }: DbSession): Promise<number[]> {
  const ask = async () => (await query<{ pid: number }>('select pg_backend_pid() as pid'))[0]!.pid
  return [...(await Promise.all(Array.from({ length: looks }, ask))), await ask()]
}

const unlimited = { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 }

/** Runs `work` on a connection of its own. */
async function withoutTimeLimits<T>(
  url: string,
  log: Log,
  within: Ask,
  work: (session: DbSession) => Promise<T>,
): Promise<T> {
  const pool = openPool(url, log, { max: 1, max_lifetime: null, limits: unlimited })
  try {
    return await work(sessionOver(pool, async (ask) => within(ask)))
  } finally {
    await pool.close()
  }
}

/** The lock belongs to the connection, so it is gone however this process ends. */
function exclusively<T>(
  url: string,
  log: Log,
  within: Ask,
  work: (session: DbSession) => Promise<T>,
): Promise<T> {
  return withoutTimeLimits(url, log, within, async (session) => {
    await session.query('select pg_advisory_lock($1, $2)', exclusiveLock)
    return work(session)
  })
}

type Server = {
  number: number
  name: string
  encoding: string
  timeout: string
  path: string
  standby: boolean
  commits: string
}

async function checkServer(storage: Storage, place: string): Promise<Server> {
  const [server] = await storage
    .query<Server>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as name,
              current_setting('server_encoding') as encoding, current_setting('statement_timeout') as timeout,
              current_setting('search_path') as path, pg_is_in_recovery() as standby,
              current_setting('synchronous_commit') as commits`,
    )
    .catch((error: unknown) => {
      if (/startup parameter/i.test(reasonOf(error))) throw new Error(poolerAt(place))
      throw new DatabaseUnavailable(
        `Postgres at ${place} cannot be used: ${reasonOf(error)}. ` +
          'Check DATABASE_URL, that the server is running, and that it accepts connections from this machine. ' +
          'Without DATABASE_URL the embedded database is used.',
        { cause: error },
      )
    })
  const { number, name, encoding, timeout, path, standby } = server!
  if (timeout !== `${statementMs / 1000}s` || path !== 'public') throw new Error(poolerAt(place))
  if (number < oldestVersion * 10_000)
    throw new Error(
      `Postgres at ${place} is version ${name}; Parley needs ${oldestVersion} or newer. Upgrade that server.`,
    )
  if (encoding !== 'UTF8')
    throw new Error(
      `Postgres at ${place} stores text as ${encoding}, but Parley needs UTF8: ` +
        'create another database with createdb --template=template0 --encoding=UTF8.',
    )
  if (standby)
    throw new Error(
      `Postgres at ${place} is a standby, which takes no writes: let DATABASE_URL lead to the primary.`,
    )
  return server!
}

/** Host, port, database and user: never the password. */
function placeOf({ options: { host, port, path, database, user } }: Pool['sql']): string {
  const places = path ? path : host.map((name, index) => `${name}:${port[index]}`).join(',')
  return `${places}, database "${database}", user "${user}"`
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || 'no response'
}
