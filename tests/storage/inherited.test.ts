import { afterAll, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { isUnavailable } from '../../src/storage/errors.ts'
import { openStorage } from '../../src/storage/open.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { acquaint, cast } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { freshDatabase } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

/* What a session inherits from its database, its role or its server must not change what our statements mean. */

/** The value of the database, and the value that a session of ours has. */
const settings: [name: string, theirs: string, ours: string][] = [
  ['datestyle', 'German', 'ISO, MDY'],
  ['intervalstyle', 'sql_standard', 'postgres'],
  ['timezone', 'Asia/Kathmandu', 'UTC'],
  ['bytea_output', 'escape', 'hex'],
  ['extra_float_digits', '-10', '1'],
  ['array_nulls', 'off', 'on'],
  ['exit_on_error', 'on', 'off'],
  ['client_encoding', 'LATIN1', 'UTF8'],
  ['standard_conforming_strings', 'off', 'on'],
  ['transform_null_equals', 'on', 'off'],
  ['search_path', 'nowhere', 'public'],
  ['default_transaction_isolation', 'serializable', 'read committed'],
  ['default_transaction_read_only', 'on', 'off'],
  ['default_transaction_deferrable', 'on', 'off'],
  ['idle_session_timeout', '1s', '0'],
  ['jit', 'on', 'off'],
  ['statement_timeout', '1min', '4s'],
  ['lock_timeout', '1min', '3s'],
  ['idle_in_transaction_session_timeout', '1min', '10s'],
]

const fresh = await freshDatabase()

describe.skipIf(!fresh)('a database with settings of its own', () => {
  const { url, drop } = fresh!
  const name = new URL(url).pathname.slice(1)
  const opened: Storage[] = []
  afterAll(async () => {
    for (const storage of opened) await storage.close()
    await drop()
  })

  async function open(databaseUrl = url) {
    const storage = await openStorage({ databaseUrl, dataDir: 'unused', poolSize: 8 })
    opened.push(storage)
    return storage
  }

  /** From another database, whose sessions have none of these settings. */
  async function administer(statement: string) {
    const outside = new URL(url)
    outside.pathname = '/postgres'
    const sql = postgres(outside.href, { max: 1, onnotice: () => undefined })
    await sql.unsafe(statement)
    await sql.end()
  }

  const read = async ({ query }: Pick<Storage, 'query'>, setting: string) =>
    (await query<{ value: string }>(`select current_setting('${setting}') as value`))[0]!.value

  const owners = [`database ${name}`, `role current_user in database ${name}`]
  test.each(owners)('no setting of the %s reaches a session', async (owner) => {
    const statement = settings
      .map(([setting, theirs]) => `alter ${owner} set ${setting} = '${theirs}';`)
      .join('')
    await administer(statement)
    const storage = await open()
    for (const [setting, , ours] of settings) {
      expect([setting, await read(storage, setting)]).toEqual([setting, ours])
      const unlimited = await storage.withoutTimeLimits((session) => read(session, setting))
      expect([setting, unlimited]).toEqual([setting, setting.endsWith('_timeout') ? '0' : ours])
    }
  })

  test('a community lives on it: accounts, many directs at once, exact times', async () => {
    const server = await startServer({ database: 'postgres', settings: { DATABASE_URL: url } })
    try {
      const before = Date.now()
      const people = Object.values(await cast(server))
      await acquaint(server, ...people)
      const opened = await Promise.all(
        people.flatMap((person) =>
          people
            .filter((other) => other !== person)
            .map((other) => rest(server, person).post('/directs', { usernames: [other.username] })),
        ),
      )
      expect(opened.map(({ status }) => status).filter((status) => status >= 400)).toEqual([])
      const { body } = await rest(server, people[0]!).post('/rooms/general/messages', { content: '€ 中文' })
      const [message] = (await rest(server, people[1]!).get('/rooms/general/messages?limit=1')).body.items
      expect(message).toMatchObject({ content: '€ 中文', created_at: body.created_at })
      expect(Date.parse(body.created_at)).toBeWithin(before, Date.now() + 1)
    } finally {
      await server.stop()
    }
  })

  test('a database that gives up its last commits in a crash is named at the start', async () => {
    expect((await open()).promise).toContain('survives what that server promises')
    await administer(`alter database ${name} set synchronous_commit = 'off'`)
    expect((await open()).promise).toContain('synchronous_commit = off')
    await administer(`alter database ${name} reset synchronous_commit`)
  })

  test('values come out the same under all of them', async () => {
    const { query } = await open()
    await query('create table things (at timestamptz, size float8, bytes bytea, names text[])')
    const thing = {
      at: new Date('2026-11-05T16:00:00.123Z'),
      size: 0.1 + 0.2,
      bytes: Buffer.from([0, 92, 255]),
      names: ['a', null],
    }
    await query('insert into things values ($1, $2, $3, $4)', Object.values(thing))
    expect(await query('select * from public.things')).toEqual([thing])
  })

  test('a transaction that lost to another runs again, and so does a statement', async () => {
    const storage = await open()
    await storage.query('create table counters (id int primary key, n int not null)')
    await storage.query('insert into counters values (1, 0), (2, 0)')
    const add = (first: number, second: number) =>
      storage.transaction(async ({ query }) => {
        await query('update counters set n = n + 1 where id = $1', [first])
        await query('update counters set n = n + 1 where id = $1', [second])
      })
    // Each pair holds what the other wants next: Postgres ends one of the two (40P01).
    await Promise.all([add(1, 2), add(2, 1), add(1, 2), add(2, 1)])
    expect(await storage.query('select n from counters order by id')).toEqual([{ n: 4 }, { n: 4 }])

    // A sequence counts attempts also where they are rolled back.
    await storage.query('create sequence attempts')
    await storage.query(`create function fail_twice() returns bigint language plpgsql as $$
      declare n bigint := nextval('attempts'); begin
        if n < 3 then raise exception 'lost' using errcode = '40001'; end if;
        return n;
      end $$`)
    expect(await storage.query('select fail_twice() as n')).toEqual([{ n: 3 }])
  })

  test('a transaction that keeps losing conflicts is unavailable, not a bug', async () => {
    const storage = await open()
    const lose = `do $$ begin raise exception 'lost' using errcode = '40001'; end $$`
    const error = await storage.query(lose).catch((reason: unknown) => reason)
    expect(isUnavailable(error)).toBe(true)
  })

  test('a database that is not UTF8 is refused in one sentence', async () => {
    const latin = `${name}_latin`
    await administer(
      `create database ${latin} template template0 encoding LATIN1 lc_collate 'C' lc_ctype 'C'`,
    )
    const other = new URL(url)
    other.pathname = `/${latin}`
    const error = await open(other.href).catch((reason: Error) => reason)
    await administer(`drop database ${latin} with (force)`)
    expect((error as Error).message).toContain('stores text as LATIN1, but Parley needs UTF8')
  })
})
