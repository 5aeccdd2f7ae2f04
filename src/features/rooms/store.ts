import { and, eq, getTableColumns, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { columnList } from '../../storage/tables/columns.ts'
import { members, rooms, silences } from '../../storage/tables/rooms.ts'
import { webhooks } from '../../storage/tables/webhooks.ts'
import { erasedDisplayName, erasedName } from '../auth/people.ts'

export type RoomRow = typeof rooms.$inferSelect
export type MemberRow = typeof members.$inferSelect & { silencedUntil: Date | null }

export async function findRoomRow({ db }: Sql, id: string): Promise<RoomRow | undefined> {
  const [room] = await db
    .select()
    .from(rooms)
    .where(and(eq(rooms.id, id), isNull(rooms.deletedAt)))
  return room
}

export async function findMemberRow(
  { db }: Sql,
  roomKey: number,
  userId: string,
): Promise<MemberRow | undefined> {
  const [member] = await db
    .select({ ...getTableColumns(members), silencedUntil: silences.until })
    .from(members)
    .leftJoin(silences, and(eq(silences.roomKey, members.roomKey), eq(silences.userId, members.userId)))
    .where(and(eq(members.roomKey, roomKey), eq(members.userId, userId)))
  return member
}

export async function insertRoom({ db }: Sql, row: typeof rooms.$inferInsert): Promise<RoomRow> {
  const [room] = await db.insert(rooms).values(row).returning()
  return room!
}

export async function updateRoom({ db }: Sql, key: number, change: Partial<RoomRow>): Promise<void> {
  await db.update(rooms).set(change).where(eq(rooms.key, key))
}

/** Locks a person; false if the account is erased. An erasure that starts now waits, and then sees this transaction's rows. */
export async function holdPerson({ query }: Sql, user: string): Promise<boolean> {
  const rows = await query(`select 1 from users where id = $1 and deleted_at is null for share`, [user])
  return rows.length > 0
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
  change: Partial<Pick<MemberRow, 'notify'>>,
): Promise<void> {
  await db
    .update(members)
    .set(change)
    .where(and(eq(members.roomKey, roomKey), eq(members.userId, userId)))
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
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(members)
    .where(and(eq(members.roomKey, roomKey), eq(members.role, 'owner')))
  return row!.count
}

/** The members who may find the room: in a room for administrators, only those who still are. */
export async function listMemberIds({ query }: Sql, roomKey: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select users.id from members join users on users.id = members.user_id
     join rooms on rooms.key = members.room_key and (rooms.access <> 'admins' or users.role = 'admin')
     where members.room_key = $1`,
    [roomKey],
  )
  return rows.map(({ id }) => id)
}

/** The members who may silence others in the room. */
export async function listModeratorIds({ query }: Sql, roomKey: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select users.id from members join users on users.id = members.user_id
     where members.room_key = $1 and (members.role <> 'member' or users.role = 'admin')`,
    [roomKey],
  )
  return rows.map(({ id }) => id)
}

/** Joins the silence of a member, if it has not expired. */
const lastingSilences = `silences on silences.room_key = members.room_key and silences.user_id = members.user_id
  and silences.until > now()`

export type MemberListRow = {
  userId: string
  username: string
  role: MemberRow['role']
  joinedAt: Date
  silencedUntil: Date | null
  readSeq: number
  deliveredSeq: number
}

export async function listMemberRows({ query }: Sql, roomKey: number, after: string, limit: number) {
  return query<MemberListRow>(
    `select members.user_id as "userId", users.username, members.role, members.joined_at as "joinedAt",
            silences.until as "silencedUntil",
            members.read_seq as "readSeq", greatest(members.delivered_seq, members.read_seq) as "deliveredSeq"
     from members join users on users.id = members.user_id left join ${lastingSilences}
     where members.room_key = $1 and users.username > $2 order by users.username limit $3`,
    [roomKey, after, limit],
  )
}

/** Unread messages are counted in this many events after the read mark: `hello` must not read a whole history. */
const mostUnread = 500

export type RoomListRow = RoomRow & {
  role: MemberRow['role'] | null
  silencedUntil: Date | null
  readSeq: number | null
  notify: MemberRow['notify'] | null
  people: string[] | null
  /** The title of a direct room for this reader: the names of the others. */
  directTitle: string | null
  head: number
  unread: number | null
}

/** The person's rooms, sorted by id; with `others` also open rooms (for an administrator, all but direct ones). */
export async function listRoomRows(
  { query }: Sql,
  reader: { id: string; admin: boolean },
  page: { after: string; limit: number; others: boolean; only?: string },
): Promise<RoomListRow[]> {
  return query<RoomListRow>(
    `select ${columnList(rooms)}, direct.people, direct.title as "directTitle",
            members.role, members.read_seq as "readSeq", members.notify, silences.until as "silencedUntil",
            coalesce((select max(seq) from log where room_key = rooms.key), 0)::bigint as head,
            case when members.role is not null then (
              select count(*)::int from (
                select kind, actor_id, deleted_at from log where room_key = rooms.key and seq > members.read_seq
                order by room_key, seq limit ${mostUnread}
              ) as later where kind = 1 and actor_id <> $1 and deleted_at is null
            ) end as unread
     from ${page.others ? othersToo : joinedOnly} left join ${lastingSilences}
     cross join lateral ${directs}
     where rooms.deleted_at is null and rooms.id > $3
       and (rooms.access <> 'admins' or $2::boolean)
       and (members.role is not null or rooms.access = 'open' or ($2::boolean and rooms.access <> 'direct'))
       and ($5::text is null or rooms.id = $5)
     order by rooms.id limit $4`,
    [reader.id, reader.admin, page.after, page.limit, page.only ?? null],
  )
}

/** The people of a direct room. With the condition on `access`, other rooms need no look-up. */
const directs = `(
  select array_agg(case when users.deleted_at is null then users.username else '${erasedName}' end
                   order by users.username) as people,
         string_agg(case when users.deleted_at is null then users.display_name else '${erasedDisplayName}' end, ', '
                    order by users.username) filter (where users.id <> $1) as title
  from members as everyone join users on users.id = everyone.user_id
  where everyone.room_key = rooms.key and rooms.access = 'direct'
) as direct`

// Two texts rather than one with a flag, so that Postgres plans the first from the few memberships of one person.
const joinedOnly = 'members join rooms on rooms.key = members.room_key and members.user_id = $1'
const othersToo = 'rooms left join members on members.room_key = rooms.key and members.user_id = $1'

/** The next owner after the last one has left: people before bots, moderators before members, then the longest member. */
export async function findSuccessor({ query }: Sql, roomKey: number): Promise<string | undefined> {
  const [row] = await query<{ id: string }>(
    `select user_id as id from members join users on users.id = members.user_id where room_key = $1
     order by users.bot, (members.role = 'moderator') desc, joined_at, user_id limit 1`,
    [roomKey],
  )
  return row?.id
}

/** The rooms that a user is in. */
export async function listRoomsOf({ query }: Sql, user: string): Promise<RoomRow[]> {
  return query<RoomRow>(
    `select rooms.key, rooms.id, rooms.epoch, rooms.title, rooms.description, rooms.access, rooms.posting,
            rooms.slow_seconds as "slowSeconds", rooms.direct_key as "directKey", rooms.created_by as "createdBy",
            rooms.created_at as "createdAt", rooms.archived_at as "archivedAt", rooms.deleted_at as "deletedAt"
     from rooms join members on members.room_key = rooms.key
     where members.user_id = $1 and rooms.deleted_at is null order by rooms.key`,
    [user],
  )
}

/** Whether one person in a direct room of two has blocked the other. */
export async function isBlockedIn({ query }: Sql, roomKey: number, user: string): Promise<boolean> {
  const rows = await query(
    `select 1 from members join blocks on (blocks.user_id = members.user_id and blocks.blocked_id = $2)
       or (blocks.user_id = $2 and blocks.blocked_id = members.user_id)
     where members.room_key = $1 and members.user_id <> $2
       and (select count(*) from members where room_key = $1) = 2 limit 1`,
    [roomKey, user],
  )
  return rows.length > 0
}

export type SurveyRow = Pick<RoomRow, 'id' | 'title' | 'access' | 'posting' | 'createdAt' | 'archivedAt'> & {
  members: number
  head: number
}

/** Every room but direct ones, with its number of members and the head of its log. */
export async function surveyRooms({ query }: Sql): Promise<SurveyRow[]> {
  return query<SurveyRow>(
    `select id, title, access, posting, created_at as "createdAt", archived_at as "archivedAt",
            (select count(*)::int from members where room_key = key) as members,
            coalesce((select max(seq) from log where room_key = key), 0)::bigint as head
     from rooms where deleted_at is null and access <> 'direct' order by id`,
  )
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
