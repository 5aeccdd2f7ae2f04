import type { Tools } from '../../src/scope.ts'

/** Something of the database that has begun and waits until it is released. */
export type Slow = { begun: Promise<void>; release(): void }

/** The next transaction of the server is a slow one: it has begun, with whatever lock was taken before, and goes on when released. */
export function slowTransaction({ sql }: Tools): Slow {
  const { transaction } = sql
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  sql.transaction = (work) => {
    sql.transaction = transaction
    return transaction(async (tx) => {
      begun.resolve()
      await released.promise
      return work(tx)
    })
  }
  return slow(begun.promise, () => {
    sql.transaction = transaction
    released.resolve()
  })
}

/**
 * The next statement outside of a transaction comes late to the database, as when all connections are busy: one of text, or
 * one that Drizzle has built.
 */
export function slowQuery({ sql }: Tools): Slow {
  const { query, db } = sql
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const restore = () => Object.assign(sql, { query, db })
  const late: Late = async (run) => {
    restore()
    begun.resolve()
    await released.promise
    return run()
  }
  Object.assign(sql, {
    query: (text: string, params?: unknown[]) => late(() => query(text, params)),
    db: slowed(db, late),
  })
  return slow(begun.promise, () => {
    restore()
    released.resolve()
  })
}

type Late = <Result>(run: () => Promise<Result>) => Promise<Result>

/** A query builder, and all that it makes, whose statement runs late. */
function slowed<Builder extends object>(builder: Builder, late: Late): Builder {
  return new Proxy(builder, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name === 'then')
        return (...args: [never]) => late(async () => target as Promise<unknown>).then(...args)
      return (...args: unknown[]) => {
        if (name === 'execute') return late(() => value.apply(target, args))
        const made: unknown = value.apply(target, args)
        return typeof made === 'object' && made !== null ? slowed(made, late) : made
      }
    },
  })
}

const slow = (begun: Promise<void>, release: () => void): Slow => ({ begun, release })
