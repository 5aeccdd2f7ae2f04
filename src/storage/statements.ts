import { drizzle } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { refuseUndefined } from './codecs.ts'
import { retryConflicts } from './conflicts.ts'
import type { Within } from './deadline.ts'
import { DatabaseUnavailable } from './errors.ts'
import type { Db, Sql } from './storage.ts'

/** A pool, or the connection of a transaction. */
type Client = postgres.Sql | postgres.TransactionSql

const isPool = (client: Client): client is postgres.Sql => 'begin' in client

export function sqlOver(client: Client, within: Within): Sql {
  const again = retryOver(client)
  return {
    db: drizzle(clientOf(client, within)) as unknown as Db,
    async query<Row>(text: string, params: unknown[] = []): Promise<Row[]> {
      refuseUndefined(params)
      const wrapped = params.map((value) => untyped(client, value))
      return again(async () => {
        const query = client.unsafe(text, wrapped as never[], { prepare: true, simple: false } as never)
        return (await within(() => query, abandoning(query))) as unknown as Row[]
      })
    },
  }
}

/** Inside a transaction the transaction is what runs again. */
function retryOver(client: Client): typeof retryConflicts {
  return isPool(client) ? retryConflicts : async (work) => work()
}

/** postgres.js guesses types from values, and takes an array for its first element; the server knows better. */
function untyped({ typed }: Client, value: unknown): unknown {
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

/** BEGIN, the work and COMMIT. Waiting for the server is bounded by `within`, the work itself is not. */
export function transact<T>(sql: postgres.Sql, within: Within, work: Work<T>): Promise<T> {
  return retryConflicts(() => attempt(sql, within, work))
}

type Work<T> = (tx: postgres.TransactionSql) => Promise<T>

async function attempt<T>(sql: postgres.Sql, within: Within, work: Work<T>): Promise<T> {
  const begun = Promise.withResolvers<void>()
  const worked = Promise.withResolvers<void>()
  let late = false
  const transaction = sql.begin(async (tx) => {
    if (late) throw new DatabaseUnavailable('The transaction began too late.')
    begun.resolve()
    const [outcome] = await Promise.allSettled([work(tx)])
    worked.resolve()
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }) as Promise<T>
  transaction.catch(() => undefined)

  await within(
    () => Promise.race([begun.promise, transaction]),
    () => {
      late = true
    },
  )
  await Promise.race([worked.promise, transaction])
  return await within(() => transaction)
}

/** The part of postgres.js that Drizzle's session touches, with every wait bounded. */
function clientOf(client: Client, within: Within): postgres.Sql {
  const again = retryOver(client)
  const part = {
    // drizzle() replaces parsers and serializers with ones that break Dates and jsonb for raw queries: in a copy.
    options: { parsers: {}, serializers: {} },
    unsafe(text: string, params: never[], settings: never) {
      const run = (inArrays: boolean) =>
        again(async () => {
          const query = client.unsafe(text, params, settings)
          return within<unknown>(() => (inArrays ? query.values() : query), abandoning(query))
        })
      return {
        values: () => run(true),
        // biome-ignore lint/suspicious/noThenProperty: Drizzle awaits what `unsafe` returns, as postgres.js has it.
        then: (...handlers: Parameters<Promise<unknown>['then']>) => run(false).then(...handlers),
      }
    },
    begin(work: (client: postgres.Sql) => Promise<unknown>) {
      if (!isPool(client)) throw new Error('A transaction inside of a transaction is not supported.')
      return transact(client, within, (tx) => work(clientOf(tx, within)))
    },
  }
  return part as unknown as postgres.Sql
}
