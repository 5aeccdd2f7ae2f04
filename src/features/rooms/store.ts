// Longer than 300 lines: all SQL about rooms and their members is in one file, because the queries share their conditions.
import { and, desc, eq, getTableColumns, inArray, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { CustomStatus } from '../../protocol/profile.ts'
import { type Arguments, prepared } from '../../storage/prepared.ts'
import type { Sql } from '../../storage/storage.ts'
import { columnList } from '../../storage/tables/columns.ts'
import { members, rooms, silences } from '../../storage/tables/rooms.ts'
import { users } from '../../storage/tables/users.ts'
import { webhooks } from '../../storage/tables/webhooks.ts'
import { statusAt } from '../auth/custom-status.ts'
import { erasedDisplayName, erasedName } from '../auth/people.ts'
import { headOf } from '../log/head.ts'
import { mentionsAfter, unreadAfter } from './unread-after.ts'

export type RoomRow = typeof rooms.$inferSelect
export type MemberRow = typeof members.$inferSelect & { silencedUntil: Date | null }

export async function findRoomRow({ db }: Sql, id: string): Promise<RoomRow | undefined> {
  const [room] = await roomById({ db }, { id })
  return room
}

export async function findRoomRows({ db }: Sql, ids: string[]): Promise<RoomRow[]> {
  return db
    .select()
    .from(rooms)
    .where(and(inArray(rooms.id, ids), isNull(rooms.deletedAt)))
}

const roomById = prepared((db, { id }: Arguments<{ id: string }>) =>
  db
    .select()
    .from(rooms)
    .where(and(eq(rooms.id, id), isNull(rooms.deletedAt))),
)

type Membership = { roomKey: number; userId: string }

export type MembershipRow = Membership &
  Pick<MemberRow, 'role' | 'silencedUntil'> & {
    /** In a direct room of two, one has blocked the other. */
    blocked: boolean
  }

/** The memberships among these pairs of a room and a person. */
export async function findMemberships({ query }: Sql, pairs: Membership[]): Promise<MembershipRow[]> {
  return query<MembershipRow>(
    `select asked.room_key as "roomKey", asked.user_id as "userId", members.role, silences.until as "silencedUntil",
            case when rooms.access = 'direct' then exists (
              select 1 from members as peer join blocks on (blocks.user_id, blocks.blocked_id)
                in ((peer.user_id, members.user_id), (members.user_id, peer.user_id))
              where peer.room_key = members.room_key and peer.user_id <> members.user_id
                and (select count(*) from members as everyone where everyone.room_key = members.room_key) = 2
            ) else false end as blocked
     from unnest($1::int[], $2::uuid[]) as asked (room_key, user_id)
     join members on members.room_key = asked.room_key and members.user_id = asked.user_id
     join rooms on rooms.key = members.room_key
     left join silences on silences.room_key = members.room_key and silences.user_id = members.user_id`,
    [pairs.map(({ roomKey }) => roomKey), pairs.map(({ userId }) => userId)],
  )
}

export async function findMemberRow(
  { db }: Sql,
  roomKey: number,
  userId: string,
): Promise<MemberRow | undefined> {
  const [member] = await memberOf({ db }, { roomKey, userId })
  return member
}

const memberOf = prepared((db, { roomKey, userId }: Arguments<Membership>) =>
  db
    .select({ ...getTableColumns(members), silencedUntil: silences.until })
    .from(members)
    .leftJoin(silences, isSilenced)
    .where(and(eq(members.roomKey, roomKey), eq(members.userId, userId))),
)

const isSilenced = and(eq(silences.roomKey, members.roomKey), eq(silences.userId, members.userId))

export async function insertRoom({ db }: Sql, row: typeof rooms.$inferInsert): Promise<RoomRow> {
  const [room] = await db.insert(rooms).values(row).returning()
  return room!
}

export async function updateRoom({ db }: Sql, key: number, change: Partial<RoomRow>): Promise<void> {
  await db.update(rooms).set(change).where(eq(rooms.key, key))
}

/** Locks a person; false if the account is erased. An erasure that starts now waits, and then sees this transaction's rows. */
export async function lockPerson({ db }: Sql, user: string): Promise<boolean> {
  const held = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, user), isNull(users.deletedAt)))
    .for('share')
  return held.length > 0
}

/** False if the user is a member already. */
export async function insertMember({ db }: Sql, row: typeof members.$inferInsert): Promise<boolean> {
  const added = await db
    .insert(members)
    .values(row)
    .onConflictDoNothing()
    .returning({ userId: members.userId })
  return added.length === 1
}

export async function deleteMember({ db }: Sql, roomKey: number, userId: string): Promise<void> {
  await db.delete(members).where(and(eq(members.roomKey, roomKey), eq(members.userId, userId)))
}

export async function updateMemberRole(
  { db }: Sql,
  roomKey: number,
  userId: string,
  role: MemberRow['role'],
) {
  await db
    .update(members)
    .set({ role })
    .where(and(eq(members.roomKey, roomKey), eq(members.userId, userId)))
}

export async function updateMember(
  { db }: Sql,
  roomKey: number,
  userId: string,
  change: Partial<Pick<MemberRow, 'notify' | 'mutedUntil' | 'favourite' | 'section'>>,
): Promise<Pick<MemberRow, 'notify' | 'mutedUntil'>> {
  const [changed] = await db
    .update(members)
    .set(change)
    .where(and(eq(members.roomKey, roomKey), eq(members.userId, userId)))
    .returning({ notify: members.notify, mutedUntil: members.mutedUntil })
  return changed!
}

/** Silences a member until a time; `null` ends it. Also deletes the expired silences of the room. */
export async function putSilence(
  { db }: Sql,
  row: { roomKey: number; userId: string; until: Date | null },
  now: Date,
): Promise<void> {
  const { roomKey, userId, until } = row
  const over = or(eq(silences.userId, userId), lte(silences.until, now))
  await db.delete(silences).where(and(eq(silences.roomKey, roomKey), over))
  if (until) await db.insert(silences).values({ roomKey, userId, until })
}

export async function countOwners({ db }: Sql, roomKey: number): Promise<number> {
  return db.$count(members, and(eq(members.roomKey, roomKey), eq(members.role, 'owner')))
}

/** The members who may find the room: in a room for administrators, only those who still are. */
export async function listMemberIds({ db }: Sql, roomKey: number): Promise<string[]> {
  const rows = await db
    .select({ id: users.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(rooms, eq(rooms.key, members.roomKey))
    .where(and(eq(members.roomKey, roomKey), or(ne(rooms.access, 'admins'), eq(users.role, 'admin'))))
  return rows.map(({ id }) => id)
}

/** The members who may silence others in the room. */
export async function listModeratorIds({ db }: Sql, roomKey: number): Promise<string[]> {
  const rows = await db
    .select({ id: users.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomKey, roomKey), or(ne(members.role, 'member'), eq(users.role, 'admin'))))
  return rows.map(({ id }) => id)
}

type MemberPage = { roomKey: number; after: string; limit: number }

type MemberPageRow = Pick<MemberRow, 'userId' | 'role' | 'joinedAt' | 'silencedUntil' | 'readSeq'> & {
  username: string
  deliveredSeq: number
}

/** A room with fewer members is read whole for a page of them. */
const mostSorted = 1000

/**
 * Sorted by username; a silence that has expired is left out. There are two ways, of which one is taken: the members of a small
 * room are looked up and sorted; for a large one the names of all people are walked in their order, because many of them are in
 * it. So a page costs neither more for a large community nor for a large room. A plain join reads all people or all members.
 */
export async function listMemberRows(
  { query }: Sql,
  { roomKey, after, limit }: MemberPage,
  now: Date,
): Promise<MemberPageRow[]> {
  return query<MemberPageRow>(
    `with room as materialized (
       select count(*) < ${mostSorted} as small from (
         select 1 from members where room_key = $1 order by user_id limit ${mostSorted}
       ) as first
     ), page as (
       (select ${pageColumns} from members cross join lateral ${personOf('members')} as users
        where (select small from room) and room_key = $1 and username > $2 order by username limit $3)
       union all
       (select ${pageColumns} from users cross join lateral (
          select * from members where room_key = $1 and user_id = users.id offset 0
        ) as members
        where not (select small from room) and username > $2 order by username limit $3)
     )
     select page.user_id as "userId", username, role, joined_at as "joinedAt", silences.until as "silencedUntil",
            greatest(read_seq, seen_seq)::bigint as "readSeq",
            greatest(delivered_seq, read_seq, seen_seq)::bigint as "deliveredSeq"
     from page left join silences on silences.room_key = $1 and silences.user_id = page.user_id
       and silences.until > $4::timestamptz
     order by username`,
    [roomKey, after, limit, now],
  )
}

const pageColumns =
  'members.user_id, users.username, members.role, members.joined_at, members.read_seq, members.seen_seq, members.delivered_seq'

/** What rooms are sorted by: `other` are those that the person is not in. */
export type RoomPosition = { other: boolean; lastAt: number; id: string }

export type RoomListRow = RoomRow & {
  role: MemberRow['role'] | null
  silencedUntil: Date | null
  readSeq: number | null
  notify: MemberRow['notify'] | null
  mutedUntil: Date | null
  favourite: boolean | null
  section: string | null
  people: string[] | null
  /** The title of a direct room for this reader: the names of the others. */
  directTitle: string | null
  /** The picture of the other person of a direct room of two: the id of its file. */
  directAvatar: string | null
  /** What that person is doing. */
  directStatus: CustomStatus | null
  /** Microseconds since 1970 of the last event, which rooms are sorted by. */
  lastAt: number
  head: number
  unread: number | null
  mentions: number | null
}

/**
 * The person's rooms, the one with the latest event first; with `others` behind them also open rooms (for an administrator,
 * all but direct ones). SQL text, because every `hello` waits for it and its plan is measured: a lateral join, and a count that
 * stops early.
 */
export async function listRoomRows(
  { query }: Sql,
  reader: { id: string; admin: boolean },
  now: Date,
  page: { after?: RoomPosition; limit: number; others: boolean; only?: string },
): Promise<RoomListRow[]> {
  const rows = await query<RoomListRow>(
    `select ${columnList(rooms)}, direct.people, direct.title as "directTitle", direct.avatar as "directAvatar", direct.status as "directStatus",
            last.at as "lastAt", members.role, members.read_seq as "readSeq", members.notify,
            members.muted_until as "mutedUntil", members.favourite, members.section,
            silences.until as "silencedUntil",
            coalesce((select max(seq) from log where room_key = rooms.key), 0)::bigint as head,
            case when members.role is not null then ${unreadAfter({ room: 'rooms.key', seq: 'members.read_seq', person: '$1' })} end as unread,
            case when members.role is not null then ${mentionsAfter({ ...{ room: 'rooms.key', seq: 'members.read_seq', person: '$1' }, joinedAt: 'members.joined_at' })} end as mentions
     from ${page.others ? othersToo : joinedOnly} left join ${lastingSilences}
     cross join lateral ${lastUse}
     cross join lateral ${directs}
     where rooms.deleted_at is null
       and ($3::bool is null or ((members.role is null), -last.at, rooms.id) > ($3::bool, $6::bigint, $7::text))
       and (rooms.access <> 'admins' or $2::boolean)
       and (members.role is not null or rooms.access = 'open' or ($2::boolean and rooms.access <> 'direct'))
       and ($5::text is null or rooms.id = $5)
     order by (members.role is null), -last.at, rooms.id limit $4`,
    [
      ...[reader.id, reader.admin, page.after?.other ?? null, page.limit, page.only ?? null],
      ...[page.after ? -page.after.lastAt : null, page.after?.id ?? null, now],
    ],
  )
  return rows.map((row) => ({ ...row, directStatus: statusAt(row.directStatus, now) }))
}

/** Joins the silence of a member, if it has not expired. */
const lastingSilences = `silences on silences.room_key = members.room_key and silences.user_id = members.user_id
  and silences.until > $8::timestamptz`

/** When the room was used last: its last event, or when it was created if its log is empty. */
export const lastUse = `(
  select (extract(epoch from coalesce(
    (select at from log where room_key = rooms.key order by seq desc limit 1), rooms.created_at
  )) * 1000000)::bigint as at
) as last`

/** The people of a direct room. With the condition on `access`, other rooms need no look-up. */
const directs = `(
  select array_agg(case when users.deleted_at is null then users.username else '${erasedName}' end
                   order by users.username) as people,
         string_agg(case when users.deleted_at is null then users.display_name else '${erasedDisplayName}' end, ', '
                    order by users.username) filter (where users.id <> $1) as title,
         case when count(*) = 2 then max(users.avatar) filter (where users.id <> $1) end as avatar,
         case when count(*) = 2 then (jsonb_agg(users.custom_status) filter (where users.id <> $1)) -> 0 end as status
  from members as everyone cross join lateral ${personOf('everyone')} as users
  where everyone.room_key = rooms.key and rooms.access = 'direct'
) as direct`

/**
 * The user of a membership, looked up by key. With a plain join Postgres reads the whole table of users for a room of two, as soon as
 * it reckons that to be cheaper than two look-ups on a slow disk. `offset 0` keeps the two apart.
 */
export function personOf(membership: string): string {
  return `(select * from users where id = ${membership}.user_id offset 0)`
}

// Two texts rather than one with a flag, so that Postgres plans the first from the few memberships of one person.
const joinedOnly = 'members join rooms on rooms.key = members.room_key and members.user_id = $1'
const othersToo = 'rooms left join members on members.room_key = rooms.key and members.user_id = $1'

/** The next owner after the last one has left: people before bots, moderators before members, then the longest member. */
export async function findSuccessor({ db }: Sql, roomKey: number): Promise<string | undefined> {
  const [row] = await db
    .select({ id: members.userId })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.roomKey, roomKey))
    .orderBy(users.bot, desc(eq(members.role, 'moderator')), members.joinedAt, members.userId)
    .limit(1)
  return row?.id
}

/** The rooms that a user is in. */
export async function listRoomsOf({ db }: Sql, user: string): Promise<RoomRow[]> {
  return db
    .select(getTableColumns(rooms))
    .from(rooms)
    .innerJoin(members, eq(members.roomKey, rooms.key))
    .where(and(eq(members.userId, user), isNull(rooms.deletedAt)))
    .orderBy(rooms.key)
}

/** Every room but direct ones, with its number of members and the head of its log. */
export async function surveyRooms({ db }: Sql) {
  const { id, title, access, posting, createdAt, archivedAt } = rooms
  return db
    .select({
      ...{ id, title, access, posting, createdAt, archivedAt },
      members: db.$count(members, eq(members.roomKey, rooms.key)),
      head: sql`${headOf({ db }, rooms.key)}`.mapWith(Number),
    })
    .from(rooms)
    .where(and(isNull(rooms.deletedAt), ne(rooms.access, 'direct')))
    .orderBy(rooms.id)
}

/** Deleted rooms with rows left to remove. The title is cleared last, so it shows which. */
export async function listUnpurged({ db }: Sql): Promise<number[]> {
  const rows = await db
    .select({ key: rooms.key })
    .from(rooms)
    .where(and(isNotNull(rooms.deletedAt), ne(rooms.title, '')))
  return rows.map(({ key }) => key)
}

/** The bot accounts of the webhooks of a room. */
export async function listHookBots({ db }: Sql, roomKey: number): Promise<string[]> {
  const rows = await db.select({ id: webhooks.userId }).from(webhooks).where(eq(webhooks.roomKey, roomKey))
  return rows.map(({ id }) => id)
}
