import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { doesNotOpen, ensureCluster } from './cluster.ts'
import { refuseUndefined } from './codecs.ts'
import { DatabaseGone, DatabaseUnavailable, StatementError } from './errors.ts'
import { lockDirectory } from './lock.ts'
import { startMaintenance } from './maintenance.ts'
import { type RemoteEngine, startRemoteEngine } from './remote-engine.ts'
import type { Result, ResultOptions } from './results.ts'
import type { Db, DbSession, Sql, Storage } from './storage.ts'

type Log = (message: string, fields?: object) => void
type Run = <Row>(text: string, params?: readonly unknown[], options?: ResultOptions) => Promise<Result<Row>>

/** The shortest time between two attempts to restart. */
const restartPauseMs = 1000

/** Postgres in a thread of this process, in `dataDir`/db. With ':memory:', everything is gone at `close`. */
export async function openEmbedded(dataDir: string, log: Log, onStatement: () => void): Promise<Storage> {
  const inMemory = dataDir === ':memory:'
  const directory = inMemory ? undefined : join(dataDir, 'db')
  const lock = inMemory ? undefined : lockDirectory(dataDir)
  let engine: RemoteEngine | undefined
  let restarting: Promise<RemoteEngine> | undefined
  let restartAt = 0
  let lastTransaction = 0
  let closed = false

  const start = () => startRemoteEngine(directory, stopped)

  try {
    if (directory) await ensureCluster(directory)
    engine = await start().catch((error: Error) => {
      throw directory ? doesNotOpen(directory, error.message) : error
    })
  } catch (error) {
    lock?.release()
    throw error
  }

  function stopped(error: Error): void {
    engine = undefined
    log('The embedded database has stopped; the statements in progress may or may not be stored', { error })
  }

  /** The engine; a new one after a failed sync or a panic, which recovers from what is on the disk. */
  function running(): RemoteEngine | Promise<RemoteEngine> {
    if (closed) throw new DatabaseUnavailable('The database is closed.')
    if (engine) return engine
    if (restarting) return restarting
    if (directory === undefined || performance.now() < restartAt)
      throw new DatabaseUnavailable('The embedded database has stopped and has not been restarted yet.')
    restartAt = performance.now() + restartPauseMs
    restarting = restart().finally(() => {
      restarting = undefined
    })
    return restarting
  }

  async function restart(): Promise<RemoteEngine> {
    try {
      engine = await start()
    } catch (error) {
      throw new DatabaseUnavailable('The embedded database does not start.', { cause: error })
    }
    log('The embedded database was restarted')
    return engine
  }

  const run: Run = async (text, params = [], options) => {
    onStatement()
    refuseUndefined(params)
    const current = running()
    return ('run' in current ? current : await current).run(0, text, params, options)
  }

  /** It begins with its first statement: from then to its end, no other statement gets in. */
  async function transact<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const current = await running()
    const transaction = ++lastTransaction
    let begun = false
    let ended = false
    const inside: Run = async (text, params = [], options) => {
      onStatement()
      refuseUndefined(params)
      if (ended) throw new Error('The transaction has ended.')
      begun = true
      return current.run(transaction, text, params, options)
    }
    const [outcome] = await Promise.allSettled([work(inside)])
    ended = true
    const committing = outcome.status === 'fulfilled'
    const [end] = begun ? await Promise.allSettled([current.end(transaction, committing)]) : []
    const failure = current.failure()
    if (failure && begun)
      throw new DatabaseUnavailable('The embedded database has stopped.', { cause: failure })
    if (!committing) throw outcome.reason
    if (end?.status === 'rejected') throw end.reason
    if (end?.value.command === 'ROLLBACK')
      throw new StatementError('The transaction was rolled back, because a statement in it had failed.', {
        code: '25P02',
      })
    if (end && end.value.command !== 'COMMIT')
      throw new DatabaseUnavailable('The embedded database did not confirm a commit.')
    return outcome.value
  }

  const sql = sqlOver(run, transact)
  const stopMaintenance = directory ? startMaintenance(sql, log) : undefined
  const session: DbSession = {
    ...sql,
    transaction: (work) => transact((inside) => work(sqlOver(inside, neverNested))),
  }

  async function finish(): Promise<void> {
    await stopMaintenance?.()
    closed = true
    const last = engine ?? (await restarting?.catch(() => undefined))
    // One that has failed has nothing left to close.
    await last?.close().catch(() => undefined)
    engine = undefined
    lock?.release()
  }

  let closing: Promise<void> | undefined

  return {
    ...session,
    kind: 'embedded',
    promise: directory
      ? `Embedded Postgres in ${directory}: an acknowledged commit has been synced to the disk.`
      : 'Embedded Postgres in memory: everything is gone when the process ends.',
    withoutTimeLimits: (work) => work(session),
    // The lock on the directory already excludes other nodes.
    exclusively: (work) => work(session),
    claim: async () => ({ lost: new Promise(() => {}) }),
    isClaimed: async () => false,
    countNodes: async () => 1,
    countNodesWithout: async () => 0,
    ping: async () => {
      if (closed) throw new DatabaseUnavailable('The database is closed.')
      // What is written to files that were removed succeeds, and is gone with this process.
      if (directory && !existsSync(join(directory, 'global', 'pg_control')))
        throw new DatabaseGone('The directory of the database has been removed.')
      await run('select 1')
    },
    close() {
      closing ??= finish()
      return closing
    },
  }
}

type Begin = <T>(work: (inside: Run) => Promise<T>) => Promise<T>

const neverNested: Begin = () => {
  throw new Error('db.transaction() inside storage.transaction() is not supported.')
}

function sqlOver(run: Run, begin: Begin): Sql {
  return {
    db: drizzle(clientOf(run, begin)) as unknown as Db,
    query: async <Row>(text: string, params: unknown[] = []): Promise<Row[]> =>
      (await run<Row>(text, params)).rows,
  }
}

/** The part of PGlite that Drizzle's session uses. */
function clientOf(run: Run, begin: Begin): PGlite {
  return {
    query: run,
    transaction: <T>(work: (client: PGlite) => Promise<T>) =>
      begin((inside) => work(clientOf(inside, neverNested))),
  } as unknown as PGlite
}
