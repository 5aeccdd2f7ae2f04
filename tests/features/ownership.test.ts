// Longer than 300 lines: one person with something in every table, and everything that must leave nothing of it behind.
import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { getTableColumns, is } from 'drizzle-orm'
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { expireRoom } from '../../src/features/retention/expire.ts'
import { listLimitedRooms } from '../../src/features/retention/store.ts'
import { listUnpurged } from '../../src/features/rooms/store.ts'
import type { Sql } from '../../src/storage/storage.ts'
import { type Owned, ownership } from '../../src/storage/tables/ownership.ts'
import { aSubscription } from '../permissions/table.ts'
import { type Cast, cast, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { putPicture, sendFile } from '../support/files.ts'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { onePixel } from '../support/pictures.ts'
import { showPreview } from '../support/previews.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'
import { exportOf } from './exported.ts'
import { wholeProfile } from './whole-profile.ts'

const nameOf = (column: PgColumn) => `${getTableConfig(column.table as PgTable).name}.${column.name}`

const folder = new URL('../../src/storage/tables/', import.meta.url).pathname
const schema = new Set<PgTable>()
for (const file of new Glob('*.ts').scanSync(folder)) {
  const exported = Object.values((await import(folder + file)) as object)
  for (const each of exported) if (is(each, PgTable)) schema.add(each)
}

/** `table.column` of everything that the list says about one kind of owner. */
const listed = (...kinds: ('room' | 'person' | 'texts')[]): string[] =>
  ownership.flatMap((owned: Owned) =>
    kinds.flatMap((kind) =>
      Object.keys(owned[kind] ?? {}).map((name) => nameOf(getTableColumns(owned.table)[name] as PgColumn)),
    ),
  )

/** Ids of people are uuids, and nothing else is but the ids of sessions. */
function refersTo(owner: 'room' | 'person', table: PgTable, column: PgColumn): boolean {
  const { foreignKeys, name } = getTableConfig(table)
  const targets = foreignKeys.map(({ reference }) => reference())
  const target = targets.find(({ columns }) => columns.includes(column as never))?.foreignTable
  const to = target && getTableConfig(target).name
  if (owner === 'room')
    return to === 'rooms' || /(^|_)room(_|$)/.test(column.name) || nameOf(column) === 'rooms.key'
  if (name === 'sessions' && column.primary) return false
  // MACs: `uuid` is the only type of 16 bytes.
  if (name === 'keywords' && column.name === 'hash') return false
  // It is in the sealed sections of the person.
  if (name === 'members' && column.name === 'section') return false
  if (name === 'log' && ['link', 'standing'].includes(column.name)) return false
  return to === 'users' || to === 'sessions' || column.getSQLType() === 'uuid'
}

describe('the list of what belongs to a room or a person', () => {
  test('has every table', () => {
    const names = (tables: Iterable<PgTable>) => [...tables].map((table) => getTableConfig(table).name).sort()
    expect(names(ownership.map(({ table }) => table))).toEqual(names(schema))
  })

  test.each(['room', 'person'] as const)('has every column that refers to a %s', (owner) => {
    const there = [...schema].flatMap((table) =>
      getTableConfig(table)
        .columns.filter((column) => refersTo(owner, table, column))
        .map(nameOf),
    )
    expect(there.length).toBeGreaterThan(6)
    const names = listed(owner)
    expect(there.filter((column) => !names.includes(column))).toEqual([])
  })
})

describe('the export of a person', () => {
  test('has every table of a person, or the list says why not', () => {
    const silent = ownership.filter(({ person, own }) => Boolean(person) !== Boolean(own))
    expect(silent.map(({ table }) => getTableConfig(table).name)).toEqual([])
  })
})

type Found = { table: string; row: Record<string, unknown> }

async function dump({ query }: Sql): Promise<Found[]> {
  const found = await Promise.all(
    [...schema].map(async (each) => {
      const table = getTableConfig(each).name
      const rows = await query<{ row: Found['row'] }>(`select row_to_json(${table}) as row from ${table}`)
      return rows.map(({ row }) => ({ table, row }))
    }),
  )
  return found.flat()
}

/** `table.column` of every value that one of these texts is in. */
const holding = (rows: Found[], ...texts: string[]): string[] => [
  ...new Set(
    rows.flatMap(({ table, row }) =>
      Object.entries(row)
        .filter(([, value]) => texts.some((text) => JSON.stringify(value).includes(text)))
        .map(([column]) => `${table}.${column}`),
    ),
  ),
]

/** Columns of the list whose rows stay although their room or person is gone. */
const keptBy = (owner: 'room' | 'person'): string[] =>
  listed(owner, 'texts').filter((name) => {
    const [table, column] = name.split('.')
    const owned = ownership.find((each) => getTableConfig(each.table).name === table)!
    const key = Object.entries(getTableColumns(owned.table)).find(([, each]) => each.name === column)![0]
    return owned[owner]?.[key] !== 'delete'
  })

/** Where rows about a message go with it: at its deletion, and when it expires (`retention/store.ts`). */
const withMessage = ['files', 'mentions', 'reactions', 'saved_messages', 'search_words']
/**
 * And where they stay: the place in the log without its text, a report without the text, who follows its thread, which goes on. Without
 * PREVIEWS, as here, nothing has a preview: such a server empties the table when it starts.
 */
const afterDeletion = ['log', 'message_previews', 'reports', 'thread_follows']
/** How far something has come in a room, and no message. */
const positions = ['search_positions']

/** A table that nothing is in before shows nothing after. */
const noRow = 'a column without a row of the room or of the person: add one to `furnish`'

await onBothDatabases((database) => {
  const at = serverFor({ database, policy: sweepAtOnce }, cast)
  const done = async (response: Promise<{ status: number; body: Record<string, never> }>) => {
    const { status, body } = await response
    if (status >= 400) throw new Error(`Refused: ${JSON.stringify(body)}`)
    return body as Record<string, string>
  }

  /** Eve, with something of hers in every table, in a room where something of hers is in every table of a room. */
  async function furnish(server: TestServer, { ada, ben, cleo, dan }: Cast) {
    // In everything that names her.
    const mark = `zq${crypto.randomUUID().slice(0, 8)}`
    const eve = await signUp(server, `eve-${mark}`)
    const as = (person: Person) => rest(server, person)
    await done(
      as(eve).patch('/users/me', {
        ...{ display_name: `Eve ${mark}`, direct_from: 'shared', ...wholeProfile(mark) },
      }),
    )
    const room = await makeRoom(server, eve, [ben, cleo], {
      title: 'Garden',
      description: 'Roses',
    })
    const message = await post(server, eve, room, 'Hello')
    const path = `/rooms/${room}/messages/${message}`
    await done(as(eve).patch(path, { content: 'Good morning' }))
    await sendFile(server, eve, room, `File ${mark}`, `${mark}.txt`)
    await done(putPicture(server, eve, '/users/me/avatar', onePixel))
    await done(putPicture(server, eve, `/rooms/${room}/avatar`, onePixel))
    await done(as(ben).put(`${path}/reactions/👍`))
    await done(as(eve).put(`${path}/reactions/👍`))
    await done(as(eve).put(`/rooms/${room}/pins/${message}`))
    await done(as(eve).put(`${path}/saved`))
    await done(as(eve).put('/users/me/keywords', { keywords: [`Roses ${mark}`] }))
    await post(server, ben, room, `Roses ${mark}`)
    await done(as(cleo).post(`/rooms/${room}/messages`, { content: 'Indeed', reply_to: message }))
    await post(server, eve, room, `@room @ben @${mark}`)
    await done(
      as(eve).put(`/rooms/${room}/notifications`, {
        level: 'nothing',
        muted_until: '2100-01-01T00:00:00.000Z',
      }),
    )
    const arranged = await as(eve).patch('/users/me/arrangement', { sections: [{ name: `Roses ${mark}` }] })
    await done(as(eve).put(`/rooms/${room}/section`, { section: arranged.body.sections[0].id }))
    await done(as(eve).put(`/rooms/${room}/favourite`, { favourite: true }))
    await done(as(eve).patch(`/rooms/${room}`, { title: 'Park' }))
    await done(as(eve).post(`/rooms/${room}/invites`, {}))
    await done(as(eve).put(`/rooms/${room}/members/dan`))
    await done(as(dan).put(`/rooms/${await makeRoom(server, dan)}/members/${eve.username}`))
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await done(as(eve).put(`/rooms/${room}/members/ben/silence`, { until }))
    const other = await makeRoom(server, ben, [eve])
    await done(as(ben).put(`/users/me/blocks/${eve.username}`))
    await done(as(eve).put('/users/me/blocks/ben'))
    await done(as(ben).put(`/rooms/${other}/members/${eve.username}/silence`, { until }))
    const hook = await done(as(eve).post(`/rooms/${room}/webhooks`, { name: 'Builds' }))
    await done(as(eve).post('/push/subscriptions', aSubscription))
    await done(
      as(eve).post(`/rooms/${room}/webhooks/out`, { url: 'https://hooks.invalid/', events: ['pin.added'] }),
    )
    await done(as(eve).post('/tokens', { name: `Script ${mark}`, scopes: ['read'] }))
    // Reports of her messages and reports by her, one of them closed by her.
    const offer = await post(server, cleo, room, 'Boats')
    const made = await done(as(ben).post(`/rooms/${room}/messages/${offer}/report`, { reason: 'Roses?' }))
    await done(as(eve).patch(`/reports/${made.id}`, { state: 'dismissed' }))
    await done(as(eve).post(`/rooms/${room}/messages/${offer}/report`, { reason: `I, ${mark}` }))
    await done(as(ben).post(`${path}/report`, { reason: 'Too early' }))
    const direct = await done(as(eve).post('/directs', { usernames: ['cleo'] }))
    await post(server, eve, direct.id!, 'Psst')
    await done(as(eve).patch('/users/me/mail', { new_device: false }))
    // A server that sends no mail queues none.
    const mail = "insert into mails (id, kind, user_id, once, language) values ($1, 'device', $2, $1, 'en')"
    await server.tools.sql.query(mail, [mark, eve.id])
    await done(as(ada).post(`/users/${eve.username}/sign-in-link`))
    await done(as(ada).put(`/users/${eve.username}/roles/admin`))
    // She stays one: with the role her link would go.
    await done(as(eve).post('/users/cleo/sign-in-link'))
    await done(
      as(ada).patch(`/users/${eve.username}`, {
        email: `${mark}@example.org`,
      }),
    )
    // As if something had been noticed there.
    await server.tools.sql.query(
      `insert into findings (what, room_key, seq, room, by, at, accepted, mark)
       select 'hole', key, 1, id, 'reading', now(), false, '' from rooms where id = $1`,
      [room],
    )
    // As if the page of a link had been looked at.
    await showPreview(server, room, message, { title: 'Park' })
    await indexed(server)
    return { mark, eve, room, direct: direct.id!, hook }
  }

  test('nothing is in the database of a deleted room but what the list keeps', async () => {
    const { server, ...people } = at()
    const { eve, room } = await furnish(server, people)
    const { sql } = server.tools
    const [row] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
    const { key } = row!
    const references = listed('room').map((name) => name.split('.') as [string, string])
    const rowsOf = (rows: Found[]) =>
      references
        .filter(([table, column]) =>
          rows.some((each) => each.table === table && [key, room].includes(each.row[column] as never)),
        )
        .map((each) => each.join('.'))
        .sort()
    const before = rowsOf(await dump(sql))
    // For webhooks, the list leads to the account of their bot.
    expect(
      listed('room').filter((name) => !before.includes(name)),
      noRow,
    ).toEqual(['users.id'])

    await done(rest(server, eve).delete(`/rooms/${room}`))
    while ((await listUnpurged(sql)).includes(key)) await Bun.sleep(20)
    const rows = await dump(sql)
    const kept = keptBy('room')
    expect(rowsOf(rows).filter((name) => !kept.includes(name))).toEqual([])
    expect(holding(rows, 'Garden', 'Roses', 'Park', 'Builds', room).sort()).toEqual([
      'audit.room_id',
      'rooms.id',
    ])
  })

  const ends: Record<
    string,
    (server: TestServer, author: Person, room: string, seqs: number[]) => Promise<void>
  > = {
    deleted: async (server, author, room, seqs) => {
      for (const seq of seqs) await done(rest(server, author).delete(`/rooms/${room}/messages/${seq}`))
    },
    expired: async (server, author, room) => {
      const { tools } = server
      await done(rest(server, author).patch(`/rooms/${room}`, { retention_days: 1 }))
      const { clock } = tools
      const limited = (await listLimitedRooms(tools.sql, undefined)).find(({ id }) => id === room)!
      tools.clock = () => new Date(clock().getTime() + 2 * 24 * 3_600_000)
      try {
        await expireRoom(tools, limited, { from: 0, isStopped: () => false })
      } finally {
        tools.clock = clock
      }
    },
  }

  test.each(Object.keys(ends))(
    'nothing is in the database of a message that is %s but where this test lists it',
    async (how) => {
      const { server, ...people } = at()
      const { eve, room } = await furnish(server, people)
      const { sql } = server.tools
      const [row] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
      const { items } = (await rest(server, eve).get(`/rooms/${room}/messages`)).body
      const seqs: number[] = items.map(({ seq }: { seq: number }) => seq)
      const tables = async () => {
        const rows = (await dump(sql)).filter(({ row: { room_key } }) => room_key === row!.key)
        const about = rows.filter(({ row: { seq } }) => seqs.includes(seq as number))
        return [...new Set(about.map(({ table }) => table))]
          .filter((table) => !positions.includes(table))
          .sort()
      }
      expect(await tables()).toEqual([...afterDeletion, ...withMessage].sort())
      await ends[how]!(server, eve, room, seqs)
      await waitFor('the removal', async () => (await tables()).length <= afterDeletion.length)
      expect(await tables()).toEqual(afterDeletion)
    },
  )

  test('nothing is in the database of an erased person but what the list keeps', async () => {
    const { server, ...people } = at()
    const { mark, eve, direct, hook } = await furnish(server, people)
    const { sql } = server.tools
    const socket = await socketOf(server, eve)
    await socket.next('hello')
    const before = holding(await dump(sql), eve.id)
    // A token leads to her by its session, and so does a ticket, which only a server with others stores; a webhook speaks for a bot.
    expect(
      listed('person').filter((name) => !before.includes(name)),
      noRow,
    ).toEqual([
      'webhooks.user_id',
      'tokens.session_id',
      'push_subscriptions.session_id',
      'tickets.session_id',
    ])

    const account = JSON.parse(
      (await exportOf(server, eve, '/users/me/export')).files['account.json']!,
    ) as Record<string, object>
    const lists = ownership.flatMap(({ own }) => (typeof own === 'object' && 'list' in own ? [own.list] : []))
    expect(lists.filter((name) => Object.keys(account[name] ?? {}).length === 0)).toEqual([])

    await done(rest(server, eve).call('DELETE', '/users/me', { messages: 'delete' }))
    const rows = await dump(sql)
    const kept = keptBy('person')
    expect(holding(rows, eve.id).filter((name) => !kept.includes(name))).toEqual([])
    expect(holding(rows, mark)).toEqual([])
    // Not by the tombstone of the name either.
    expect(signUp(server, eve.username)).rejects.toThrow('conflict')
    const seen = (await rest(server, people.cleo).get(`/rooms/${direct}`)).body
    expect(seen.title).toBe('Deleted user')
    expect((await fetch(hook.url!, { method: 'POST', body: '{"text":"Hi"}' })).status).toBe(410)
    await socket.ending()
  })
})
