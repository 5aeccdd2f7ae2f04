import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite, QueryOptions, Transaction } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { doesNotOpen, ensureCluster } from './cluster.ts'
import { decoders, encoders, refuseUndefined } from './codecs.ts'
import { type Engine, startEngine } from './engine.ts'
import { DatabaseGone, DatabaseUnavailable } from './errors.ts'
import { lockDirectory } from './lock.ts'
import { startMaintenance } from './maintenance.ts'
import { createSerialQueue } from './serial-queue.ts'
import type { Db, DbSession, Sql, Storage } from './storage.ts'

type Log = (message: string, fields?: object) => void
type Runner = Pick<PGlite, 'query'> | Pick<Transaction, 'query'>

const raw: QueryOptions = { parsers: decoders, serializers: encoders }

/** The shortest time between two attempts to restart. */
const restartPauseMs = 1000

/** Postgres inside this process, in `dataDir`/db. With ':memory:', everything is gone at `close`. */
export async function openEmbedded(dataDir: string, log: Log, onStatement: () => void): Promise<Storage> {
  const inMemory = dataDir === ':memory:'
  const directory = inMemory ? undefined : join(dataDir, 'db')
  const lock = inMemory ? undefined : lockDirectory(dataDir)
  const queue = createSerialQueue()
  let engine: Engine | undefined
  let restartAt = 0
  let closed = false

  try {
    if (directory) await ensureCluster(directory)
    engine = await startEngine(directory).catch((error: Error) => {
      throw directory ? doesNotOpen(directory, error.message) : error
    })
  } catch (error) {
    lock?.release()
    throw error
  }

  /** The engine; a new one after a failed sync or a panic, which recovers from what is on the disk. */
  async function running(): Promise<Engine> {
    if (closed) throw new DatabaseUnavailable('The database is closed.')
    if (engine) return engine
    if (directory === undefined || performance.now() < restartAt)
      throw new DatabaseUnavailable('The embedded database has stopped and has not been restarted yet.')
    restartAt = performance.now() + restartPauseMs
    try {
      engine = await startEngine(directory)
    } catch (error) {
      throw new DatabaseUnavailable('The embedded database does not start.', { cause: error })
    }
    log('The embedded database was restarted')
    return engine
  }

  function use<T>(work: (pg: PGlite) => Promise<T>): Promise<T> {
    return queue.run(async () => {
      const current = await running()
      const [outcome] = await Promise.allSettled([work(current.pg)])
      const failure = current.failure()
      if (failure) {
        engine = undefined
        current.abandon()
        log('The embedded database has stopped; the statements in progress may or may not be stored', {
          error: failure,
        })
        throw new DatabaseUnavailable('The embedded database has stopped.', { cause: failure })
      }
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    })
  }

  const transact = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => use((pg) => pg.transaction(work))

  /** Statements of a transaction skip the queue, but they too let the event loop run. */
  const yielding = (tx: Transaction): Pick<Transaction, 'query'> => ({
    query: async (text, params, options) => {
      onStatement()
      await queue.yieldToEvents()
      return tx.query(text, params, options)
    },
  })

  const outer: Pick<PGlite, 'query'> = {
    query: (text, params, options) => {
      onStatement()
      return use((pg) => pg.query(text, params, options))
    },
  }
  const sql = sqlOver(outer, (work) => transact((tx) => work(yielding(tx))))
  const stopMaintenance = directory ? startMaintenance(sql, log) : undefined

  const session: DbSession = {
    ...sql,
    transaction: (work) => transact((tx) => work(sqlOver(yielding(tx), neverNested))),
  }

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
    ping: async () => {
      if (closed) throw new DatabaseUnavailable('The database is closed.')
      // What is written to files that were removed succeeds, and is gone with this process.
      if (directory && !existsSync(join(directory, 'global', 'pg_control')))
        throw new DatabaseGone('The directory of the database has been removed.')
      await outer.query('select 1')
    },
    async close() {
      if (closed) return
      await stopMaintenance?.()
      await queue.run(async () => {
        closed = true
        await engine?.pg.close()
        engine = undefined
      })
      lock?.release()
    },
  }
}

type Begin = <T>(work: (tx: Runner) => Promise<T>) => Promise<T>

const neverNested: Begin = () => {
  throw new Error('db.transaction() inside storage.transaction() is not supported.')
}

function sqlOver(runner: Runner, begin: Begin): Sql {
  return {
    db: drizzle(clientOf(runner, begin)) as unknown as Db,
    async query<Row>(text: string, params: unknown[] = []): Promise<Row[]> {
      refuseUndefined(params)
      return (await runner.query<Row>(text, params, raw)).rows
    },
  }
}

/** The part of PGlite that Drizzle's session uses. */
function clientOf(runner: Runner, begin: Begin): PGlite {
  return { query: runner.query, transaction: begin } as unknown as PGlite
}
