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
 * The next statement outside of a transaction that has one of these values among its arguments comes late to the database, as when
 * all connections are busy: one of text, or one that Drizzle has built. The server asks by itself, too (whose messages are old enough to go, what
 * is left of a deleted room); such a statement must not be the one that is held.
 */
export function slowQuery({ sql }: Tools, ...values: unknown[]): Slow {
  const { query, db } = sql
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const restore = () => Object.assign(sql, { query, db })
  const late: Late = async (params, run) => {
    if (sql.query === query || !has(params, values)) return run()
    restore()
    begun.resolve()
    await released.promise
    return run()
  }
  Object.assign(sql, {
    query: (text: string, params?: unknown[]) => late(params, () => query(text, params)),
    db: slowed(db, late),
  })
  return slow(begun.promise, () => {
    restore()
    released.resolve()
  })
}

/** The key and the id of a room: every statement about it has one of them. */
export async function valuesOf({ sql }: Tools, room: string): Promise<unknown[]> {
  const [found] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
  return [found!.key, room]
}

type Late = <Result>(params: unknown, run: () => Promise<Result>) => Promise<Result>

function has(params: unknown, values: unknown[]): boolean {
  if (typeof params !== 'object' || params === null) return values.includes(params)
  return Object.values(params).some((each) => has(each, values))
}

/** A query builder, and all that it makes, whose statement runs late. */
function slowed<Builder extends object>(builder: Builder, late: Late): Builder {
  return new Proxy(builder, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name === 'then') {
        const { params } = (target as { toSQL(): { params: unknown } }).toSQL()
        return (...args: [never]) => late(params, async () => target as Promise<unknown>).then(...args)
      }
      return (...args: unknown[]) => {
        if (name === 'execute') return late(args, () => value.apply(target, args))
        const made: unknown = value.apply(target, args)
        return typeof made === 'object' && made !== null ? slowed(made, late) : made
      }
    },
  })
}

const slow = (begun: Promise<void>, release: () => void): Slow => ({ begun, release })
