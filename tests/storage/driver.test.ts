import { afterAll, describe, expect, test } from 'bun:test'
import driver from '../../node_modules/postgres/package.json'
import { createDeadline } from '../../src/storage/deadline.ts'
import { isUnavailable } from '../../src/storage/errors.ts'
import { openPool } from '../../src/storage/pool.ts'
import { sqlOver, transact } from '../../src/storage/statements.ts'
import { layCable } from '../support/cable.ts'
import { postgresForTests } from '../support/postgres.ts'

/*
 * What src/storage does because of postgres.js, and patches/ mends in it, was proven with one version. With another one:
 * read its changes, try each test here without the piece that it holds, and only then write the new number here.
 */
test('the driver is the version that patches/ was made for', () => {
  expect(driver.version).toBe('3.4.9')
})

const server = await postgresForTests()
const limitMs = 1000
const limits = { statement_timeout: 5000, lock_timeout: 5000, idle_in_transaction_session_timeout: 5000 }

describe.skipIf(!server)('over postgres.js', () => {
  const address = new URL(server?.url ?? 'postgres://none')
  const opened: { close(): Promise<void> }[] = []
  afterAll(async () => {
    for (const each of opened.reverse()) await each.close()
  })

  function open(max: number, { host = address.hostname, port = address.port } = {}) {
    const url = new URL(address)
    url.port = port
    const pool = openPool(url.href.replace(address.hostname, host), () => undefined, { max, limits })
    const within = createDeadline({ limitMs, mostWaiting: 50, onMiss: pool.dropSilentSince })
    opened.push(pool)
    const { query } = sqlOver(pool.sql, within)
    return { ...pool, query, within }
  }

  async function cabled(max: number) {
    const cable = await layCable(Number(address.port))
    opened.push(cable)
    return { cable, ...open(max, { host: '127.0.0.1', port: String(cable.port) }) }
  }

  const outcome = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'answered',
      (error: Error) => (isUnavailable(error) ? 'unavailable' : error.message),
    )

  // Was: closed() kept what it was about to write, so that the next connection never began: CONNECT_TIMEOUT without end.
  test('a statement that is put on a connection in the moment of its end does not lose the connection', async () => {
    const { query, dropSilentSince } = open(1)
    for (let round = 0; round < 5; round++) {
      expect(await outcome(query('select $1::int', [round]))).toBe('answered')
      const before = outcome(query('select 1'))
      dropSilentSince(Number.POSITIVE_INFINITY)
      const after = outcome(query('select 1'))
      expect(await Promise.all([before, after])).toEqual(['unavailable', 'unavailable'])
      // Was: put between the error of a socket and its close, it was never answered, and took the reply to another.
      await outcome(query('select 1'))
      expect(await query('select $1::int as n', [round])).toEqual([{ n: round }])
    }
  })

  // Was: the statements went on to a new connection, perhaps one in a transaction of somebody else.
  test('nothing more of a transaction is sent after the end of its connection', async () => {
    const { sql, query, within } = open(1)
    await query('drop table if exists driver_marks')
    await query('create table driver_marks (n int)')
    const late = Promise.withResolvers<string>()
    const lost = transact(sql, within, async (tx) => {
      const inside = sqlOver(tx, within)
      await outcome(inside.query('select pg_terminate_backend(pg_backend_pid())'))
      // Was: the reply of the server to the old connection came first.
      expect(await query('select 1 as n')).toEqual([{ n: 1 }])
      late.resolve(outcome(inside.query('insert into driver_marks values (1)')))
    })
    expect(await outcome(lost)).toBe('unavailable')
    expect(await late.promise).toBe('unavailable')
    expect(await query('select n from driver_marks')).toEqual([])
    await query('drop table driver_marks')
  })

  // Was: the rows that had come before the end were the first of the next result.
  test('half a result is no part of another', async () => {
    const { query, cable } = await cabled(1)
    await query('select 1')
    const before = cable.carried()
    const long = outcome(query(`select repeat('x', 10000) from generate_series(1, 100000)`))
    while (cable.carried() - before < 1_000_000) await new Promise(setImmediate)
    cable.end()
    expect(await long).toBe('unavailable')
    await outcome(query('select 1'))
    expect(await query('select 1 as n')).toEqual([{ n: 1 }])
  })

  // Was: the pool never learned that this connection was ready.
  test('a connection whose first statement was cancelled serves the next one', async () => {
    const { query, cable } = await cabled(1)
    cable.hold()
    expect(await outcome(query('select 1'))).toBe('unavailable')
    cable.release()
    expect(await outcome(query('select 1'))).toBe('answered')
    expect(cable.count()).toBe(1)
  })

  test('a cable that was cut is given up at the first missed deadline', async () => {
    const { query, cable } = await cabled(2)
    await Promise.all([query('select pg_sleep(0.1)'), query('select pg_sleep(0.1)')])
    expect(cable.count()).toBe(2)
    // Longer than the interval at which sockets are looked at, or their last reply would count as a sign of life.
    await Bun.sleep(600)
    cable.cut()
    expect(await outcome(query('select 1'))).toBe('unavailable')
    await new Promise(setImmediate)
    expect(await outcome(query('select 1'))).toBe('answered')
  })

  test('a pool closes also over a cable that was cut', async () => {
    const { query, cable, close } = await cabled(1)
    await query('select 1')
    cable.cut()
    await close()
    while (cable.count() > 0) await Bun.sleep(5)
  })

  test('a statement that waited too long for a connection is not run later', async () => {
    const { sql, query, within } = open(1)
    await transact(sql, within, async (tx) => {
      const inside = sqlOver(tx, within)
      await inside.query('create temporary table late_marks (n int)')
      expect(await outcome(query('insert into late_marks values (1)'))).toBe('unavailable')
    })
    expect(await query('select n from late_marks')).toEqual([])
  })

  test('a transaction that waited too long for a connection is not begun later', async () => {
    const { sql, query, within } = open(1)
    let begun = false
    await transact(sql, within, async () => {
      const waiting = transact(sql, within, async () => {
        begun = true
      })
      expect(await outcome(waiting)).toBe('unavailable')
    })
    expect(await outcome(query('select 1'))).toBe('answered')
    expect(begun).toBe(false)
  })

  test('the work of a transaction may take longer than a statement', async () => {
    const { sql, within } = open(1)
    const work = async () => {
      await Bun.sleep(limitMs * 2)
      return 'done'
    }
    expect(await transact(sql, within, work)).toBe('done')
  })

  test('no more statements wait than there is room for', async () => {
    const { query } = open(1)
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => outcome(query('select 1'))))
    expect(outcomes.filter((each) => each === 'unavailable')).toHaveLength(10)
  })

  test('of several hosts the next is tried when one refuses', async () => {
    // Nothing listens at the first: a server on this machine is at 127.0.0.1 only.
    const { query } = open(1, { host: '127.0.0.9,127.0.0.1' })
    while ((await outcome(query('select 1'))) !== 'answered');
  })
})
