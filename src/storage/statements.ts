import { drizzle } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import type { Within } from './deadline.ts'
import { DatabaseUnavailable, isUnavailable } from './errors.ts'
import type { Pool } from './pool.ts'
import type { Db, Sql } from './storage.ts'
import { refuseUndefined } from './wire.ts'

/** A pool, or the connection of a transaction; asked for anew for each statement. */
type Connect = () => Pool | postgres.TransactionSql

export function sqlOver(connect: Connect, within: Within): Sql {
  return {
    db: drizzle(clientOf(connect, within)) as unknown as Db,
    async query<Row>(text: string, params: unknown[] = []): Promise<Row[]> {
      refuseUndefined(params)
      const connection = connect()
      const wrapped = params.map((value) => untyped(connection, value))
      const query = connection.unsafe(text, wrapped as never[], { prepare: true, simple: false } as never)
      return (await within(() => query, abandoning(query))) as unknown as Row[]
    },
  }
}

/** postgres.js guesses types from values, and takes an array for its first element; the server knows better. */
function untyped({ typed }: ReturnType<Connect>, value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  return typed(value as never, 0)
}

/** Takes a statement back that is still waiting for a connection; one that was sent is left alone. */
export function abandoning(query: object): () => void {
  return () => {
    const { state, cancel } = query as { state: unknown; cancel(): void }
    if (!state) cancel.call(query)
  }
}

type Work<T> = (tx: postgres.TransactionSql, inside: Within) => Promise<T>

/**
 * BEGIN, the work and COMMIT. Waiting for the server is bounded by `within`, the work itself is not.
 *
 * When the connection dies postgres.js rejects the transaction, but lets the work go on over the same object, which
 * by then may be a new connection, even one in somebody else's transaction. So after that nothing may be sent: no
 * further statement of the work, and no COMMIT or ROLLBACK either, which it would send if the work ever ended.
 */
export function begin<T>(pool: Pool, within: Within, work: Work<T>): Promise<T> {
  const begun = Promise.withResolvers<void>()
  const worked = Promise.withResolvers<void>()
  let broken = false
  let over = false

  const inside: Within = async (ask, abandon) => {
    if (broken || over) throw new DatabaseUnavailable('The transaction has ended already.')
    try {
      return await within(ask, abandon)
    } catch (error) {
      broken ||= isUnavailable(error)
      throw error
    }
  }

  const transaction = pool.begin(async (tx) => {
    begun.resolve()
    if (over) throw new DatabaseUnavailable('The transaction began too late.')
    const [outcome] = await Promise.allSettled([work(tx, inside)])
    // The end of a connection is told to its statement first and to its transaction a moment later.
    if (broken) await new Promise((resolve) => setImmediate(resolve))
    if (over) await new Promise(() => undefined)
    worked.resolve()
    if (outcome.status === 'rejected') throw outcome.reason
    if (broken) throw new DatabaseUnavailable('A statement of the transaction was not answered.')
    return outcome.value
  }) as Promise<T>
  const end = () => {
    over = true
  }
  transaction.then(end, end)

  return (async () => {
    await within(() => Promise.race([begun.promise, transaction]), end)
    await Promise.race([worked.promise, transaction])
    return await within(() => transaction)
  })()
}

/** The part of postgres.js that Drizzle's session touches, with every wait bounded. */
function clientOf(connect: Connect, within: Within): Pool {
  const client = {
    // drizzle() replaces parsers and serializers with ones that break Dates and jsonb for raw queries: in a copy.
    options: { parsers: {}, serializers: {} },
    unsafe(text: string, params: never[], settings: never) {
      const query = connect().unsafe(text, params, settings)
      const answer = (asked: PromiseLike<unknown>) => within(() => asked, abandoning(query))
      return {
        values: () => answer(query.values()),
        // biome-ignore lint/suspicious/noThenProperty: Drizzle awaits what `unsafe` returns, as postgres.js has it.
        then: (...handlers: Parameters<Promise<unknown>['then']>) => answer(query).then(...handlers),
      }
    },
    begin(work: (client: Pool) => Promise<unknown>) {
      const pool = connect()
      if (!('begin' in pool)) throw new Error('A transaction inside of a transaction is not supported.')
      return begin(pool, within, (tx, inside) => work(clientOf(() => tx, inside)))
    },
  }
  return client as unknown as Pool
}
