import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { bigint, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { isUnavailable, violation } from '../../src/storage/errors.ts'
import { openStorage } from '../../src/storage/open.ts'
import { databases } from './databases.ts'

const notes = pgTable('notes', {
  id: integer('id').primaryKey(),
  size: bigint('size', { mode: 'number' }),
  at: timestamp('at', { withTimezone: true, precision: 3, mode: 'date' }),
  detail: jsonb('detail'),
  text: text('text'),
})

for (const storage of await databases()) {
  describe(storage.kind, () => {
    const { db, query, transaction } = storage
    const one = async (sql: string, params?: unknown[]) =>
      (await query<{ value: unknown }>(sql, params))[0]?.value
    const count = () => one('select count(*) as value from notes')

    test('creates a table', async () => {
      await query('drop table if exists notes')
      await query(
        `create table notes (id int primary key, size bigint, at timestamptz(3), detail jsonb, text text not null
           default '', constraint notes_short check (length(text) < 100))`,
      )
      expect(await count()).toBe(0)
    })

    test.each([
      ['an int8 is a number', '5000000000::int8', 5_000_000_000],
      ['an int8 beyond 2^53 is a bigint', '9007199254740993::int8', 9007199254740993n],
      [
        'a timestamptz is a Date',
        `'2026-11-20 18:00:00.123+02'::timestamptz`,
        new Date('2026-11-20T16:00:00.123Z'),
      ],
      ['a jsonb is the value', `'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
      ['a jsonb null is null', `'null'::jsonb`, null],
      ['a boolean is a boolean', 'false', false],
      [
        'a uuid is text',
        `'0198aaaa-0000-7000-8000-00000000000a'::uuid`,
        '0198aaaa-0000-7000-8000-00000000000a',
      ],
      ['a numeric is text', '1.50::numeric', '1.50'],
      ['a date is text', `'2026-11-20'::date`, '2026-11-20'],
      ['a float8 is a number', '0.5::float8', 0.5],
      ['a smallint is a number', '7::int2', 7],
      ['a null is null', 'null::text', null],
      [
        'a text array keeps awkward texts',
        `array['', 'NULL', null, 'a"b\\c', '{,}']`,
        ['', 'NULL', null, 'a"b\\c', '{,}'],
      ],
      ['an empty array is empty', `'{}'::int8[]`, []],
      ['an int8 array has numbers', 'array[1, null]::int8[]', [1, null]],
      [
        'a timestamptz array has Dates',
        `array['2026-01-01Z'::timestamptz, null]`,
        [new Date('2026-01-01'), null],
      ],
    ])('%s', async (_, expression, expected) => {
      expect(await one(`select ${expression} as value`)).toEqual(expected)
    })

    test.each<[string, unknown]>([
      ['text', 'ada'],
      ['int8', 5_000_000_000],
      ['int8', 12n],
      ['boolean', true],
      ['boolean', false],
      ['timestamptz', new Date('2026-11-20T16:00:00.123Z')],
      ['jsonb', { a: 'b', list: [1] }],
      ['jsonb', [1, { two: 2 }]],
      ['uuid', '0198aaaa-0000-7000-8000-00000000000a'],
      ['bytea', Buffer.from([0, 1, 255])],
      ['text[]', ['a', null, '', 'NULL', 'a"b\\c', '{x,y}', 'ünïcode 🎈']],
      ['text[]', []],
      ['int8[]', [1, null, 5_000_000_000]],
      ['int4[]', [1, null]],
      ['int2[]', [1, null]],
      ['boolean[]', [true, false, null]],
      ['boolean[]', [null, true]],
      ['uuid[]', ['0198aaaa-0000-7000-8000-00000000000a', null]],
      ['timestamptz[]', [new Date(0), null, new Date('2026-11-20T16:00:00.123Z')]],
      ['jsonb[]', [{ a: 1 }, null]],
      ['text[]', [null, null]],
    ])('a %s goes in and comes out the same, and so does null', async (type, value) => {
      const expected = typeof value === 'bigint' ? Number(value) : value
      for (const again of [1, 2]) {
        expect([again, await one(`select $1::${type} as value`, [value])]).toEqual([again, expected])
      }
      expect(await one(`select $1::${type} as value`, [null])).toBeNull()
    })

    test('unnest makes rows of arrays, in order', async () => {
      const rows = await query(
        `select a, b from unnest($1::text[], $2::bigint[]) with ordinality u (a, b, n) order by n`,
        [
          ['x', null, 'z'],
          [3, 2, null],
        ],
      )
      expect(rows).toEqual([
        { a: 'x', b: 3 },
        { a: null, b: 2 },
        { a: 'z', b: null },
      ])
    })

    test('undefined is refused as a parameter', async () => {
      expect(query('select $1::text', [undefined])).rejects.toThrow('undefined')
    })

    test('Drizzle reads back what it wrote, also next to raw queries', async () => {
      const note = {
        id: 1,
        size: 5_000_000_000,
        at: new Date('2026-11-20T16:00:00.123Z'),
        detail: { a: [1] },
        text: 'x',
      }
      expect(await db.insert(notes).values(note).returning()).toEqual([note])
      expect(await query('select * from notes where id = $1', [1])).toEqual([note])
      expect(await db.select().from(notes).where(eq(notes.id, 1))).toEqual([note])
    })

    test('what a transaction wrote is there after it, through both ways to write', async () => {
      const answer = await transaction(async (tx) => {
        await tx.db.insert(notes).values({ id: 2, text: 'two' })
        await tx.query('insert into notes (id) values (3)')
        return 'done'
      })
      expect(answer).toBe('done')
      expect(await count()).toBe(3)
    })

    test('a transaction that throws is rolled back, and the error is passed on', async () => {
      const refusal = new Error('no')
      const failed = transaction(async (tx) => {
        await tx.db.insert(notes).values({ id: 4 })
        throw refusal
      })
      expect(failed).rejects.toBe(refusal)
      await failed.catch(() => undefined)
      expect(await count()).toBe(3)
    })

    test('a transaction of Drizzle is rolled back too', async () => {
      const failed = db.transaction(async (tx) => {
        await tx.insert(notes).values({ id: 5 })
        throw new Error('no')
      })
      await failed.catch(() => undefined)
      await db.transaction(async (tx) => void (await tx.insert(notes).values({ id: 6, text: 'six' })))
      expect(await query('select id from notes where id > 4')).toEqual([{ id: 6 }])
    })

    test('a broken constraint is reported by kind and name, for both ways to write', async () => {
      const broken = (attempt: PromiseLike<unknown>) =>
        Promise.resolve(attempt).then(() => undefined, violation)
      const unique = { kind: 'unique', constraint: 'notes_pkey' } as const
      expect(await broken(query('insert into notes (id) values (1)'))).toEqual(unique)
      expect(await broken(db.insert(notes).values({ id: 1 }))).toEqual(unique)
      expect(await broken(transaction((tx) => tx.query('insert into notes (id) values (1)')))).toEqual(unique)
      const check = { kind: 'check', constraint: 'notes_short' } as const
      expect(await broken(query(`insert into notes (id, text) values (9, repeat('x', 200))`))).toEqual(check)
      expect(await broken(query('select nonsense'))).toBeUndefined()
    })

    test('a mistake in a statement does not count as an unavailable database', async () => {
      const error = await query('select nonsense').catch((reason: unknown) => reason)
      expect(isUnavailable(error)).toBe(false)
    })

    test('a statement goes on working after its table has changed', async () => {
      const read = () => query('select * from notes where id = 1')
      await read()
      await query('alter table notes add column extra int default 7')
      expect((await read())[0]).toMatchObject({ extra: 7 })
    })

    test('many statements at once leave the event loop its turns', async () => {
      const begun = performance.now()
      let last = begun
      let longest = 0
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
      }, 1)
      await Promise.all(
        Array.from({ length: 1000 }, (_, n) =>
          query('select sum(i) from generate_series(1, $1::int) i', [n]),
        ),
      )
      longest = Math.max(longest, performance.now() - last)
      clearInterval(timer)
      // On a machine with other work everything takes longer; a loop without turns would wait for nearly all of it.
      expect(longest).toBeLessThan(Math.max(100, (performance.now() - begun) / 2))
    })

    test('replies to a ping', () => storage.ping())

    test('says which database it is, without a password', () => {
      expect(storage.promise).toContain(storage.kind === 'embedded' ? 'in memory' : 'database "parley_test_')
    })
  })
}

test('a closed database is unavailable at once', async () => {
  const storage = await openStorage({ dataDir: ':memory:' })
  await storage.close()
  await storage.close()
  expect(isUnavailable(await storage.query('select 1').catch((reason: unknown) => reason))).toBe(true)
  expect(storage.ping()).rejects.toThrow('closed')
})
