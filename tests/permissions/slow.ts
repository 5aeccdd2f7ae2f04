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

/** The next statement outside of a transaction comes late to the database: as when all connections are busy. */
export function slowQuery({ sql }: Tools): Slow {
  const { query } = sql
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  sql.query = async (text, params) => {
    sql.query = query
    begun.resolve()
    await released.promise
    return query(text, params)
  }
  return slow(begun.promise, () => {
    sql.query = query
    released.resolve()
  })
}

const slow = (begun: Promise<void>, release: () => void): Slow => ({ begun, release })
