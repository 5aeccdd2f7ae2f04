import { readConfig } from '../../config.ts'
import { hashToken, randomToken } from '../../crypto/keys.ts'
import { authorsOf } from '../../features/auth/people.ts'
import { issueAccessToken } from '../../features/auth/sessions.ts'
import type { LogRoom, Tip } from '../../features/log/entry.ts'
import { noTip, timeAfter } from '../../features/log/entry.ts'
import { rowOf } from '../../features/log/row.ts'
import { insertRows, type NewRow, readTips } from '../../features/log/store.ts'
import type { Person, Tools } from '../../scope.ts'
import { closeTools, openTools } from '../../tools.ts'
import { linesOf } from '../lines.ts'
import { membersOf, nameOf, outsiders, probes, range, type World } from './axes.ts'

/** The first line of a seeding process; it replies `Seeded` and ends. */
export type SeedJob = { world: World; tokens: 'probes' | 'members' }
export type Seeded = {
  room: { id: string; epoch: string }
  /** The members of the measured room who got a token, probes first, and the outsiders. */
  members: { username: string; token: string }[]
  outsiders: { username: string; token: string }[]
}

const target = 'grow-target'
const rowsAtOnce = 4000
const roomsAtOnce = 5000
const tokenSeconds = 24 * 3600

/**
 * Makes a community larger without its doors: people, rooms and memberships by SQL, messages by the functions with which the
 * writer seals and links them, so that every page opens.
 */
export async function runSeed(): Promise<number> {
  const { value } = await linesOf(Bun.stdin.stream()).next()
  if (value === undefined) return 0
  const job = JSON.parse(value) as SeedJob
  const tools = await openTools(readConfig(process.env))
  try {
    // Awaited: the tokens of ten thousand people do not fit into a pipe, and the process ends after this.
    await Bun.write(Bun.stdout, `${JSON.stringify(await seed(tools, job))}\n`)
  } finally {
    await closeTools(tools)
  }
  return 0
}

async function seed(tools: Tools, { world, tokens }: SeedJob): Promise<Seeded> {
  const before = await countOf(tools)
  await tools.sql.withoutTimeLimits(async ({ query }) => {
    await query(
      `insert into users (id, username, display_name, created_at)
       select gen_random_uuid(), 'grow' || lpad(i::text, 6, '0'), 'Grown ' || i, now() from generate_series($1::int, $2::int) as i`,
      [before.people, world.people - 1],
    )
    await query(
      `insert into rooms (id, epoch, title, access, created_at)
       select id, md5(id || random()), id, 'open', now() from (
         select 'grow-' || lpad(i::text, 6, '0') as id from generate_series($1::int, $2::int) as i
         union all select '${target}' where $1::int = 0
       ) as made`,
      [before.rooms, world.rooms - 1],
    )
    // New people into new rooms, in turn; the first ones stay in the rooms that they are in.
    await query(
      `insert into members (room_key, user_id, role, joined_at)
       select rooms.key, users.id, 'member', now()
       from generate_series($1::int, $2::int) as i cross join generate_series(0, $5::int - 1) as nth
       join users on users.username = 'grow' || lpad(i::text, 6, '0')
       join rooms on rooms.id = 'grow-' || lpad(($3::int + (i * $5::int + nth) % ($4::int - $3::int))::text, 6, '0')
         and rooms.deleted_at is null
       on conflict do nothing`,
      [
        ...[before.people, world.people - 1],
        ...[world.rooms - before.rooms < world.roomsEach ? 0 : before.rooms, world.rooms, world.roomsEach],
      ],
    )
    await query(
      `insert into members (room_key, user_id, role, joined_at)
       select rooms.key, users.id, 'member', now() from users join rooms on rooms.id = '${target}'
       where users.username = any($1::text[]) on conflict do nothing`,
      [membersOf(world.target.members).map(nameOf)],
    )
  })
  const people = await peopleOf(tools, membersOf(probes))
  const rooms = await tools.sql.query<LogRoom>(
    `select key, id, epoch from rooms where id like 'grow-%' and deleted_at is null order by key`,
  )
  await fill(tools, people, rooms, (room) => (room.id === target ? world.target.events : world.roomEvents))
  await settle(tools)
  const listeners = tokens === 'members' ? world.target.members : probes
  const { id, epoch } = rooms.find((room) => room.id === target)!
  return {
    room: { id, epoch },
    members: await signIn(tools, await peopleOf(tools, membersOf(listeners))),
    outsiders: await signIn(tools, await peopleOf(tools, range(probes, probes + outsiders))),
  }
}

async function countOf({ sql }: Tools): Promise<{ people: number; rooms: number }> {
  const [found] = await sql.query<{ people: number; rooms: number }>(
    `select (select count(*)::int from users where username like 'grow%') as people,
            (select count(*)::int from rooms where id like 'grow-%' and id <> '${target}') as rooms`,
  )
  return found!
}

async function peopleOf(tools: Tools, indexes: number[]): Promise<Person[]> {
  const rows = await tools.sql.query<{ id: string }>(
    'select id from users where username = any($1::text[]) order by username',
    [indexes.map(nameOf)],
  )
  const found = await authorsOf(
    tools,
    rows.map(({ id }) => id),
  )
  return rows.map(({ id }) => found.get(id)!)
}

/** Fills logs with messages. The next rows are sealed while the database stores the last ones. */
async function fill(tools: Tools, people: Person[], rooms: LogRoom[], eventsOf: (room: LogRoom) => number) {
  let rows: NewRow[] = []
  let storing: Promise<unknown> = Promise.resolve()
  async function store(): Promise<void> {
    const sealed = rows
    rows = []
    await storing
    storing = sealed.length === 0 ? Promise.resolve() : insertRows(tools.sql, sealed)
    // A rejection is thrown by the next await; without a handler, it would end the process before.
    storing.catch(() => undefined)
  }
  for (let from = 0; from < rooms.length; from += roomsAtOnce) {
    const some = rooms.slice(from, from + roomsAtOnce)
    const tips = await readTips(
      tools.sql,
      some.map(({ key }) => key),
    )
    for (const room of some) {
      let tip = tips.get(room.key) ?? noTip
      for (const events = eventsOf(room); tip.head < events; ) {
        const row = messageAfter(tools, room, tip, people)
        rows.push(row)
        tip = { head: row.seq, at: row.at, link: row.link }
        if (rows.length === rowsAtOnce) await store()
      }
    }
  }
  await store()
  await storing
}

function messageAfter(tools: Tools, room: LogRoom, tip: Tip, people: Person[]): NewRow {
  const seq = tip.head + 1
  const entry = {
    kind: 'message.created',
    seq,
    at: timeAfter(tip, tools.clock()),
    actor: people[seq % people.length]!,
    text: `Message ${seq} of a room that has grown to be measured.`,
    clientId: `${room.key}-${seq}`,
  } as const
  return rowOf(tools, room, entry, tip)
}

/** What a Postgres server does by itself some time after so many changes. */
async function settle({ sql }: Tools): Promise<void> {
  await sql.withoutTimeLimits(async ({ query }) => {
    for (const table of ['users', 'rooms', 'members', 'log']) await query(`vacuum (analyze) ${table}`)
    // Not everybody may.
    await query('checkpoint').catch(() => undefined)
  })
}

async function signIn(tools: Tools, people: Person[]): Promise<{ username: string; token: string }[]> {
  const now = tools.clock()
  const signed = people.map((person) => ({ person, session: tools.newId() }))
  await tools.sql.query(
    `insert into sessions (id, user_id, refresh_hash, created_at, used_at, expires_at)
     select id, user_id, $3, $4, $4, $5 from unnest($1::uuid[], $2::uuid[]) as made (id, user_id)`,
    [
      signed.map(({ session }) => session),
      signed.map(({ person }) => person.id),
      // Nobody has the refresh token.
      hashToken(randomToken()),
      now,
      new Date(now.getTime() + tokenSeconds * 1000),
    ],
  )
  const made: { username: string; token: string }[] = []
  for (const { person, session } of signed)
    made.push({
      username: person.username,
      token: await issueAccessToken(tools, person, session, tokenSeconds),
    })
  return made
}
