import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { listUsed } from '../../src/features/rooms/greeting-store.ts'
import { listMemberRows, listRoomRows } from '../../src/features/rooms/store.ts'
import type { Sql } from '../../src/storage/storage.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'

/*
 * What a statement reads of a community, counted in its plan: a greeting read every member of every room, and for them the
 * whole table of users once for each room (240 ms with 30,000 people); a page of members read all people too.
 */

const people = 3000
const inSmall = 40
const inLarge = 1500
/** Rooms of ten, as most are. */
const others = 300

await onBothDatabases((database) => {
  describe('in a community that has grown', () => {
    let server: TestServer
    let sql: Sql
    let keys: Record<string, number>

    beforeAll(async () => {
      server = await startServer({ database })
      sql = server.tools.sql
      await sql.query(
        `insert into users (id, username, display_name, created_at)
         select gen_random_uuid(), 'fan' || lpad(i::text, 5, '0'), 'Fan', now() from generate_series(1, $1::int) as i`,
        [people],
      )
      await sql.query(
        `insert into rooms (id, epoch, title, access, direct_key, created_at)
         select id, id, id, access, nullif(access, 'open'), now()
         from (values ('small', 'open'), ('large', 'open'), ('pair', 'direct')) as made (id, access)
         union all select 'other' || i, 'other', 'other', 'open', null, now() from generate_series(1, $1::int) as i`,
        [others],
      )
      await sql.query(
        `insert into members (room_key, user_id, role, joined_at)
         select rooms.key, users.id, 'member', now() from users join rooms
           on (rooms.id = 'small' and users.username like 'fan%' and right(users.username, 5)::int % ${people / inSmall} = 0)
           or (rooms.id = 'large' and users.username like 'fan%' and right(users.username, 5)::int % ${people / inLarge} = 0)
           or (rooms.id = 'pair' and users.username in ('fan00001', 'fan00002'))
           or (rooms.id like 'other%' and right(users.username, 5)::int % 300 = rooms.key % 300)`,
      )
      // As autovacuum leaves them: before it, counting by the index is hardly cheaper than reading so few members one by one.
      for (const table of ['users', 'rooms', 'members', 'log']) await sql.query(`vacuum (analyze) ${table}`)
      const rows = await sql.query<{ id: string; key: number }>('select id, key from rooms')
      keys = Object.fromEntries(rows.map(({ id, key }) => [id, key]))
    })
    afterAll(() => server.stop())

    test('a greeting reads the people of direct rooms only', async () => {
      const used = (names: string[]) => (sql: Sql) =>
        listUsed(
          sql,
          names.map((name) => keys[name]!),
        )
      expect(await readBy(sql, ['members', 'users'], used(['small', 'large']))).toBe(0)
      const pair = await readBy(sql, ['members', 'users'], used(['small', 'large', 'pair']))
      expect(pair).toBeGreaterThan(0)
      expect(pair).toBeLessThanOrEqual(4)
      const rooms = await used(['small', 'pair'])(sql)
      expect(rooms.map(({ id, people }) => [id, people]).sort()).toEqual([
        ['pair', ['fan00001', 'fan00002']],
        ['small', null],
      ])
    })

    test('a list of rooms reads the people of direct rooms only', async () => {
      const [fan] = await sql.query<{ id: string }>(`select id from users where username = 'fan00002'`)
      const page = { limit: 100, others: false }
      const read = await readBy(sql, ['members', 'users'], (sql) =>
        listRoomRows(sql, { id: fan!.id, admin: false }, new Date(), page),
      )
      // Three memberships of their own, and the two people of the direct room with theirs.
      expect(read).toBeLessThanOrEqual(7)
    })

    test.each([
      ['small', inSmall, 3 * inSmall],
      // What is counted to know that the room is large, and at most two people for each of the page.
      ['large', inLarge, 1000 + 4 * 51],
    ])(
      'a page of the members of a %s room reads neither everybody nor the whole room',
      async (name, count, most) => {
        const roomKey = keys[name]!
        const found: string[] = []
        for (let after = ''; ; after = found.at(-1)!) {
          const rows = await listMemberRows(sql, { roomKey, after, limit: 51 }, new Date())
          found.push(...rows.map(({ username }) => username))
          if (rows.length < 51) break
        }
        expect(found).toHaveLength(count)
        expect(found).toEqual([...found].sort())
        const after = found[count >> 1]!
        const read = await readBy(sql, ['members', 'users'], (sql) =>
          listMemberRows(sql, { roomKey, after, limit: 51 }, new Date()),
        )
        expect(read).toBeGreaterThan(0)
        expect(read).toBeLessThanOrEqual(most)
      },
    )
  })
})

type Node = {
  Plans?: Node[]
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
}

/** How many rows of these tables a statement reads, kept or not. */
async function readBy(sql: Sql, tables: string[], work: (sql: Sql) => Promise<unknown>): Promise<number> {
  let read = 0
  const count = (node: Node): void => {
    const each = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)
    if (tables.includes(node['Relation Name'] ?? '')) read += each * node['Actual Loops']
    for (const plan of node.Plans ?? []) count(plan)
  }
  await work({
    db: sql.db,
    async query<Row>(text: string, params?: unknown[]): Promise<Row[]> {
      const rows = await sql.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
        `explain (analyze, format json) ${text}`,
        params,
      )
      count(rows[0]!['QUERY PLAN'][0]!.Plan)
      return sql.query<Row>(text, params)
    },
  })
  return Math.round(read)
}
