import { createDeadline } from './deadline.ts'
import { DatabaseInUse, DatabaseUnavailable } from './errors.ts'
import { openPool } from './pool.ts'

type Log = (message: string, fields?: object) => void

/** The lock that each server has on a database, kept by a connection of its own. */
export type NodeLock = {
  isHeld(): boolean
  /** Throws when statements of others come to the backend that has the lock. */
  checkOwn(backends: number[]): void
  /** Resolves when it is held, again where its connection was lost. Rejects with `DatabaseUnavailable` otherwise. */
  held(): Promise<void>
  /** Resolves when another server has taken it: this one must not write any more. */
  lost: Promise<Error>
  release(): Promise<void>
}

/** "Parl", "node": two numbers that nobody else takes for an advisory lock. */
const nodeLock: [number, number] = [1_348_563_564, 1_852_793_957]

/** "keys", and with it a number made from the id of a key: held by each node that can open what this key has sealed. */
const keyLock = 1_801_812_339
export const keyMark = (id: string): [number, number] => [
  keyLock,
  new Bun.CryptoHasher('sha256').update(id).digest().readInt32BE() >>> 1,
]

const checkMs = 1000
const retakeMs = 100
const responseMs = 2000
/** How long a statement waits while a lost connection is opened again. */
const patienceMs = 1000

/** Unlimited, because the lock is held for the life of the process; a peer that is gone must free it within a minute. */
const session = {
  limits: { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 },
  max: 1,
  max_lifetime: null,
  settings: { tcp_keepalives_idle: '20', tcp_keepalives_interval: '5', tcp_keepalives_count: '4' },
}

/** Our connections are not to Postgres itself, and a lock belongs to whichever session a statement came to. */
class SharedSessions extends Error {}

type Backend = { pid: number; since: Date | null }
type Holder = Backend & { address: string | null }

/** Who has the lock, and since when, a row for each node; to be asked with the two numbers. */
export const holderQuery = `select locks.pid, host(client_addr) as address, backend_start as since
  from pg_locks as locks left join pg_stat_activity as activity on activity.pid = locks.pid
  where locktype = 'advisory' and granted and objsubid = 2 and classid::bigint = $1 and objid::bigint = $2
    and database = (select oid from pg_database where datname = current_database())`
export const holderKey = nodeLock

/**
 * The nodes that do not have the mark of a key; to be asked with the numbers of both locks. In one look at the locks: between
 * two of them a node may start, which would then seem to lack the key.
 */
export const lackingQuery = `select pid from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
  group by pid
  having bool_or(classid::bigint = $1 and objid::bigint = $2) and not bool_or(classid::bigint = $3 and objid::bigint = $4)`

/**
 * Takes the lock together with the other nodes, or throws `DatabaseInUse`: a server from before there were several takes it
 * for itself. A lock ends with its connection, however this process ends. When only the connection ends, the lock is taken
 * again, and nothing is written before that; if such a server was faster, this one has lost it for good.
 */
export async function takeNodeLock(
  url: string,
  log: Log,
  place: string,
  keys: string[] = [],
): Promise<NodeLock> {
  const marks = keys.map((id) => keyMark(id)[1])
  let own: string[] = []
  const lost = Promise.withResolvers<Error>()
  let regained = Promise.withResolvers<void>()
  let isHeld = false
  let ended: Error | 'released' | undefined
  let pid = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let checking = false

  const pool = openPool(url, log, { ...session, onclose: () => connectionLost() })
  const within = createDeadline({ limitMs: responseMs, mostWaiting: 100, onMiss: pool.dropSilentSince })
  const ask = <Row>(text: string, params: (number | number[])[]): Promise<Row[]> =>
    within(() => pool.sql.unsafe(text, params, { prepare: true })) as unknown as Promise<Row[]>

  function connectionLost(): void {
    if (ended || !isHeld) return
    isHeld = false
    regained = Promise.withResolvers<void>()
    log('The connection that holds the lock on the database is lost')
    void check()
  }

  /** The holder that keeps us from it; undefined when we have it. */
  async function take(): Promise<Holder | undefined> {
    const [row] = await ask<Backend & { taken: boolean }>(
      // The marks first: a node that is seen to have the lock is seen to have them too.
      `select (select count(pg_try_advisory_lock_shared($3, mark)) from unnest($4::int[]) as mark) as marked,
              pg_try_advisory_lock_shared($1, $2) as taken, pid, backend_start as since
       from pg_stat_activity where pid = pg_backend_pid()`,
      [...nodeLock, keyLock, marks],
    )
    const name = nameOf(row!)
    if (isHeld && !own.includes(name)) throw shared(place)
    pid = row!.pid
    own = row!.taken ? [name] : [...own, name]
    if (row!.taken) return undefined
    const [holder] = await ask<Holder>(holderQuery, nodeLock)
    return holder ?? { pid: 0, address: null, since: null }
  }

  async function check(): Promise<void> {
    if (ended || checking) return
    checking = true
    clearTimeout(timer)
    try {
      const holder = await take()
      if (!holder) confirm()
      // The server has not noticed yet that our own earlier connection has ended.
      else if (own.includes(nameOf(holder))) await ask('select pg_terminate_backend($1)', [holder.pid])
      else if (holder.pid !== 0) return end(inUse(place, holder))
    } catch (error) {
      // Otherwise the database does not respond: asked again below.
      if (error instanceof SharedSessions) end(error)
    } finally {
      checking = false
      if (!ended) {
        timer = setTimeout(() => void check(), isHeld ? checkMs : retakeMs)
        timer.unref()
      }
    }
  }

  function confirm(): void {
    if (isHeld || ended) return
    isHeld = true
    regained.resolve()
  }

  function end(why: Error): void {
    isHeld = false
    ended = why
    lost.resolve(why)
  }

  async function held(): Promise<void> {
    if (isHeld) return
    if (!ended) await Promise.race([regained.promise, Bun.sleep(patienceMs)])
    if (!isHeld) throw new DatabaseUnavailable('This server does not hold the lock on its database.')
  }

  async function release(): Promise<void> {
    ended ??= 'released'
    isHeld = false
    clearTimeout(timer)
    await pool.close()
  }

  try {
    // Postgres notices a moment later that the process of a holder was killed.
    const patientUntil = performance.now() + patienceMs
    for (let holder = await take(); holder; holder = await take()) {
      if (performance.now() > patientUntil) throw inUse(place, holder)
      await Bun.sleep(retakeMs)
    }
  } catch (error) {
    await release()
    throw error
  }
  confirm()
  timer = setTimeout(() => void check(), checkMs)
  timer.unref()
  const checkOwn = (backends: number[]): void => {
    if (backends.includes(pid)) throw shared(place)
  }
  return { isHeld: () => isHeld, checkOwn, held, lost: lost.promise, release }
}

const shared = (place: string): Error => new SharedSessions(poolerAt(place))

export const poolerAt = (place: string): string =>
  `Something between this server and Postgres at ${place}, such as PgBouncer, does not keep a session for each connection, so ` +
  'locks and settings get lost. Let DATABASE_URL lead to Postgres itself.'

/** A number of a process comes again, and soon after a restart. */
const nameOf = ({ pid, since }: Backend): string => `${pid} ${since?.toISOString()}`

function inUse(place: string, { address, since }: Holder): DatabaseInUse {
  const from = address === null ? '' : `, connected from ${address}`
  const begun = since === null ? '' : ` since ${since.toISOString()}`
  return new DatabaseInUse(
    `Another Parley server uses Postgres at ${place}${from}${begun} and shares it with nobody, as versions did before there ` +
      'could be several: stop that one, or start this one with parley serve --wait, which waits until it has stopped.',
  )
}
