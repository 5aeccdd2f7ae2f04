import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isUnavailable } from '../../src/storage/errors.ts'
import { openStorage } from '../../src/storage/open.ts'
import type { Storage } from '../../src/storage/storage.ts'

const child = new URL('children/dying-thread.ts', import.meta.url).pathname

let root = ''
let storage: Storage
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'parley-thread-'))
  storage = await openStorage({ dataDir: ':memory:' })
  await storage.query('create table marks (n int primary key, text text)')
})
afterAll(async () => {
  await storage.close()
  rmSync(root, { recursive: true, force: true })
})

const numbers = async () =>
  (await storage.query<{ n: number }>('select n from marks order by n')).map(({ n }) => n)
const failure = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  )

// Was: Postgres ran on the event loop, so one long statement stopped everything else.
test('timers and sockets go on during one long statement', async () => {
  let turns = 0
  let running = true
  const long = storage.query('select count(*) from generate_series(1, 1000000)').finally(() => {
    running = false
  })
  while (running) {
    await new Promise(setImmediate)
    turns++
  }
  await long
  expect(turns).toBeGreaterThan(10)
})

// Was, while it was built: replies were handed over inside the delivery of the thread's message, which Bun does not nest, and
// `expect(…).rejects` without `await` runs the event loop there until it knows. Many tests do that; they never ended.
test('a statement has its reply while the one that a reply started waits for it', async () => {
  await storage.query('select 1')
  expect(storage.query('select 1 / 0')).rejects.toThrow('division by zero')
  expect(await storage.query('select 2 as n')).toEqual([{ n: 2 }])
})

test('two statements of a transaction that waits for another one are both answered', async () => {
  const release = Promise.withResolvers<void>()
  const first = storage.transaction(async ({ query }) => {
    await query('select 1')
    await release.promise
  })
  await storage.transaction(async ({ query }) => {
    const both = Promise.all([query<{ n: number }>('select 1 as n'), query<{ n: number }>('select 2 as n')])
    release.resolve()
    expect(await both).toEqual([[{ n: 1 }], [{ n: 2 }]])
  })
  await first
})

test('a statement with more values than a message can count is refused, and the next one runs', async () => {
  const many = Array.from({ length: 65_536 }, (_, n) => n)
  const text = `select ${many.map((n) => `$${n + 1}::int`).join('+')}`
  expect(String(await failure(storage.query(text, many)))).toContain('at most 65535 values')
  expect(await storage.query('select 3 as n')).toEqual([{ n: 3 }])
})

test('a statement cannot begin a transaction: what others store would belong to it', async () => {
  expect(String(await failure(storage.query('begin')))).toContain('is begun by transaction()')
  await storage.query('insert into marks values (1000)')
  await failure(storage.query('rollback'))
  expect(await numbers()).toContain(1000)
  await storage.query('delete from marks where n = 1000')
})

describe('order', () => {
  test('statements run in the order in which they were asked for', async () => {
    await storage.query('create table steps (id serial, n int)')
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => storage.query('insert into steps (n) values ($1)', [n])),
    )
    const rows = await storage.query<{ n: number }>('select n from steps order by id')
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })

  test('no other statement gets in between those of a transaction', async () => {
    await storage.query('create table counters (n int)')
    await storage.query('insert into counters values (0)')
    const increment = () =>
      storage.transaction(async (tx) => {
        const [row] = await tx.query<{ n: number }>('select n from counters')
        await new Promise(setImmediate)
        await tx.query('update counters set n = $1', [row!.n + 1])
      })
    const single = () => storage.query('update counters set n = n + 1')
    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 3 === 0 ? single() : increment())))
    expect(await storage.query('select n from counters')).toEqual([{ n: 40 }])
  })

  test('a statement outside of an open transaction waits for its end, and sees what it committed', async () => {
    const order: string[] = []
    let outside: Promise<unknown> = Promise.resolve()
    await storage.transaction(async (tx) => {
      await tx.query('insert into marks values (101)')
      outside = storage.query('select 1 from marks where n = 102').then((rows) => {
        order.push(`outside found ${rows.length}`)
      })
      for (let n = 0; n < 5; n++) await tx.query('select 1')
      await tx.query('insert into marks values (102)')
      order.push('inside')
    })
    await outside
    expect(order).toEqual(['inside', 'outside found 1'])
  })

  test('what a transaction did not wait for is still a part of it', async () => {
    await storage.transaction(async (tx) => {
      void tx.query('insert into marks values (111)')
    })
    expect(await numbers()).toContain(111)
  })

  test('a transaction that has ended takes nothing more', async () => {
    let late: (() => Promise<unknown>) | undefined
    await storage.transaction(async (tx) => {
      await tx.query('select 1')
      late = () => tx.query('insert into marks values (112)')
    })
    expect(await failure(late!())).toMatchObject({ message: 'The transaction has ended.' })
    expect(await numbers()).not.toContain(112)
  })
})

describe('errors', () => {
  test('a refused statement says its SQLSTATE, constraint and detail', async () => {
    await storage.query('insert into marks values (1)')
    expect(await failure(storage.query('insert into marks values ($1)', [1]))).toMatchObject({
      message: 'duplicate key value violates unique constraint "marks_pkey"',
      code: '23505',
      constraint: 'marks_pkey',
      table: 'marks',
      detail: 'Key (n)=(1) already exists.',
    })
    expect(await failure(storage.query('select nonsense'))).toMatchObject({ code: '42703' })
    expect(await failure(storage.query('insert into marks values ($1)', ['one']))).toMatchObject({
      code: '22P02',
    })
  })

  test('an error is that of its statement only', async () => {
    const outcomes = await Promise.allSettled([
      storage.query('select 1 as n'),
      storage.query('select 1 / 0'),
      storage.query('select $1::jsonb', [{ no: () => 'copy' }]),
      storage.query('select $1::jsonb', [{ no: 1n }]),
      storage.query('select 2 as n'),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ])
  })

  test('a transaction is not said to be committed after one of its statements has failed', async () => {
    const swallowed = storage.transaction(async (tx) => {
      await tx.query('insert into marks values (121)')
      await tx.query('select 1 / 0').catch(() => undefined)
    })
    expect(await failure(swallowed)).toMatchObject({ code: '25P02' })
    expect(await numbers()).not.toContain(121)
  })
})

describe('kept statements', () => {
  test('go on working after a column has changed its type', async () => {
    await storage.query('create table shapes (v int)')
    await storage.query('insert into shapes values (1)')
    const read = () => storage.query('select v from shapes')
    expect(await read()).toEqual([{ v: 1 }])
    await storage.query('alter table shapes alter column v type text')
    expect(await read()).toEqual([{ v: '1' }])
  })

  test('go on working after such a change was rolled back', async () => {
    const read = (sql: Pick<Storage, 'query'>) => sql.query('select * from shapes')
    expect(await read(storage)).toEqual([{ v: '1' }])
    const given = storage.transaction(async (tx) => {
      await tx.query('alter table shapes add column w int default 7')
      expect(await read(tx)).toEqual([{ v: '1', w: 7 }])
      throw new Error('given up')
    })
    expect(await failure(given)).toMatchObject({ message: 'given up' })
    expect(await read(storage)).toEqual([{ v: '1' }])
  })

  test('are closed when there are too many of them', async () => {
    for (let n = 0; n < 600; n++) await storage.query(`select ${n} as n`)
    const [row] = await storage.query<{ kept: number }>('select count(*) as kept from pg_prepared_statements')
    expect(row!.kept).toBeLessThan(300)
    expect(await storage.query('select 0 as n')).toEqual([{ n: 0 }])
  })
})

// Was, while it was built: the length of a value for which the buffer had to grow was written into the old buffer.
test('large values go in and come out the same', async () => {
  const texts = Array.from({ length: 30 }, (_, n) => `${n}${'ü🎈x'.repeat(1000 * n)}`)
  expect(await storage.query('select * from unnest($1::text[]) as t (text)', [texts])).toEqual(
    texts.map((text) => ({ text })),
  )
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)))
  expect(await storage.query('select $1::bytea as bytes, $2::text as text', [bytes, 'end'])).toEqual([
    { bytes, text: 'end' },
  ])
})

describe('close', () => {
  test('waits for the transaction in progress; one that has not begun is unavailable', async () => {
    const dataDir = join(root, 'closing')
    const closing = await openStorage({ dataDir })
    await closing.query('create table marks (n int)')
    const called = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const begun = closing.transaction(async (tx) => {
      await tx.query('insert into marks values (1)')
      void closing.close().then(closed.resolve)
      called.resolve()
      await new Promise(setImmediate)
      await tx.query('insert into marks values (2)')
    })
    const late = [called.promise, closed.promise].map((moment) =>
      closing.transaction(async (tx) => {
        await moment
        await tx.query('insert into marks values (3)')
      }),
    )
    await begun
    for (const each of late) expect(isUnavailable(await failure(each))).toBe(true)
    const again = await openStorage({ dataDir })
    expect(await again.query('select n from marks order by n')).toEqual([{ n: 1 }, { n: 2 }])
    await again.close()
  })

  test('several databases in one process are independent of each other', async () => {
    const other = await openStorage({ dataDir: ':memory:' })
    await other.query('create table marks (n int)')
    await storage.transaction(async (tx) => {
      await tx.query('select 1')
      // Another database does not wait for this transaction.
      await other.query('insert into marks values (7)')
    })
    expect(await other.query('select n from marks')).toEqual([{ n: 7 }])
    await other.close()
    expect(await storage.query('select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('a thread that dies', () => {
  test.each(['terminated', 'failed'])(
    '(%s) in a transaction: a new one recovers what is on the disk',
    async (manner) => {
      const process = Bun.spawn([Bun.argv[0]!, child, join(root, manner), manner], {
        stdout: 'pipe',
        stderr: 'inherit',
      })
      expect(JSON.parse(await new Response(process.stdout).text())).toEqual({
        during: ['unavailable', 'unavailable'],
        after: 'stored',
        stored: [1, 5],
        said: [
          'The embedded database has stopped; the statements in progress may or may not be stored',
          'The embedded database was restarted',
        ],
        threads: 2,
      })
      expect(await process.exited).toBe(0)
    },
  )
})
