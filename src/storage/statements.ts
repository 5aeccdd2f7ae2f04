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
  const retry = retryOver(client)
  return {
    db: drizzle(clientOf(client, within)) as unknown as Db,
    async query<Row>(text: string, params: unknown[] = []): Promise<Row[]> {
      refuseUndefined(params)
      const wrapped = params.map((value) => untyped(client, value))
      return retry(async () => {
        const query = client.unsafe(text, wrapped as never[], { prepare: true, simple: false } as never)
        return (await within(() => query, cancelUnlessSent(query))) as unknown as Row[]
      })
    },
  }
}

/** Inside a transaction there is no retry: the whole transaction is retried. */
function retryOver(client: Client): typeof retryConflicts {
  return isPool(client) ? retryConflicts : async (work) => work()
}

/** postgres.js guesses types from values, and an array's type from its first element. Let the server decide instead. */
function untyped({ typed }: Client, value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  return typed(value as never, 0)
}

/** Cancels a statement that is still waiting for a connection, but not one that was sent. */
export function cancelUnlessSent(query: object): () => void {
  return () => {
    const { state, cancel } = query as { state: unknown; cancel(): void }
    if (!state) cancel.call(query)
  }
}

/** BEGIN, the work and COMMIT. `within` limits the waits for the server, but not the work itself. */
export function transact<T>(sql: postgres.Sql, within: Within, work: Work<T>): Promise<T> {
  return retryConflicts(() => attempt(sql, within, work))
}

type Work<T> = (tx: postgres.TransactionSql) => Promise<T>

async function attempt<T>(sql: postgres.Sql, within: Within, work: Work<T>): Promise<T> {
  const started = Promise.withResolvers<void>()
  const worked = Promise.withResolvers<void>()
  let late = false
  const transaction = sql.begin(async (tx) => {
    if (late) throw new DatabaseUnavailable('The transaction started too late.')
    started.resolve()
    const [outcome] = await Promise.allSettled([work(tx)])
    worked.resolve()
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }) as Promise<T>
  transaction.catch(() => undefined)

  await within(
    () => Promise.race([started.promise, transaction]),
    () => {
      late = true
    },
  )
  await Promise.race([worked.promise, transaction])
  return await within(() => transaction)
}

/** The part of postgres.js that Drizzle's session uses, with a limit for every wait. */
function clientOf(client: Client, within: Within): postgres.Sql {
  const retry = retryOver(client)
  const part = {
    // drizzle() replaces these by ones that break Dates and jsonb in raw queries, so give it a copy.
    options: { parsers: {}, serializers: {} },
    unsafe(text: string, params: never[], settings: never) {
      const run = (inArrays: boolean) =>
        retry(async () => {
          const query = client.unsafe(text, params, settings)
          return within<unknown>(() => (inArrays ? query.values() : query), cancelUnlessSent(query))
        })
      return {
        values: () => run(true),
        // biome-ignore lint/suspicious/noThenProperty: Drizzle awaits what `unsafe` returns, as postgres.js has it.
        then: (...handlers: Parameters<Promise<unknown>['then']>) => run(false).then(...handlers),
      }
    },
    begin(work: (client: postgres.Sql) => Promise<unknown>) {
      if (!isPool(client)) throw new Error('A transaction inside a transaction is not supported.')
      return transact(client, within, (tx) => work(clientOf(tx, within)))
    },
  }
  return part as unknown as postgres.Sql
}
