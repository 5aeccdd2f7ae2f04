import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { members, rooms } from '../../storage/tables/rooms.ts'

export type RoomRow = typeof rooms.$inferSelect
export type MemberRow = typeof members.$inferSelect

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
    .select()
    .from(members)
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

/** False when the user is a member already. */
export async function insertMember({ db }: Sql, row: typeof members.$inferInsert): Promise<boolean> {
  const added = await db
    .insert(members)
    .values(row)
    .onConflictDoNothing()
    .returning({ userId: members.userId })
  return added.length === 1
}

export async function deleteMember(
  { db }: Sql,
  roomKey: number,
  userId: string,
): Promise<MemberRow | undefined> {
  const [gone] = await db
    .delete(members)
    .where(and(eq(members.roomKey, roomKey), eq(members.userId, userId)))
    .returning()
  return gone
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

export async function countOwners({ db }: Sql, roomKey: number): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(members)
    .where(and(eq(members.roomKey, roomKey), eq(members.role, 'owner')))
  return row!.count
}

export async function listMemberIds({ db }: Sql, roomKey: number): Promise<string[]> {
  const rows = await db.select({ userId: members.userId }).from(members).where(eq(members.roomKey, roomKey))
  return rows.map(({ userId }) => userId)
}

export type MemberListRow = { userId: string; username: string; role: MemberRow['role']; joinedAt: Date }

export async function listMemberRows({ query }: Sql, roomKey: number, after: string, limit: number) {
  return query<MemberListRow>(
    `select members.user_id as "userId", users.username, members.role, members.joined_at as "joinedAt"
     from members join users on users.id = members.user_id
     where room_key = $1 and users.username > $2 order by users.username limit $3`,
    [roomKey, after, limit],
  )
}

/** More unread messages than this are all the same to a reader; counting stops there. */
const mostUnread = 1000

export type RoomListRow = RoomRow & {
  role: MemberRow['role'] | null
  readSeq: number | null
  head: number
  unread: number | null
}

/** Rooms a person may know of, by id: joined ones, and with `others` the open ones (for an admin all but direct). */
export async function listRoomRows(
  { query }: Sql,
  reader: { id: string; admin: boolean },
  page: { after: string; limit: number; others: boolean; only?: string },
): Promise<RoomListRow[]> {
  return query<RoomListRow>(
    `select rooms.key, rooms.id, rooms.epoch, rooms.title, rooms.description, rooms.access, rooms.posting,
            rooms.created_by as "createdBy", rooms.created_at as "createdAt", rooms.deleted_at as "deletedAt",
            members.role, members.read_seq as "readSeq",
            coalesce((select max(seq) from log where room_key = rooms.key), 0)::bigint as head,
            case when members.role is not null then (
              select count(*)::int from (
                select 1 from log where room_key = rooms.key and seq > members.read_seq and kind = 1
                  and actor_id <> $1 and deleted_at is null limit ${mostUnread}
              ) as counted
            ) end as unread
     from rooms left join members on members.room_key = rooms.key and members.user_id = $1
     where rooms.deleted_at is null and rooms.id > $3
       and (rooms.access <> 'admins' or $2::boolean)
       and (members.role is not null
            or ($5::boolean and (rooms.access = 'open' or ($2::boolean and rooms.access <> 'direct'))))
       and ($6::text is null or rooms.id = $6)
     order by rooms.id limit $4`,
    [reader.id, reader.admin, page.after, page.limit, page.others, page.only ?? null],
  )
}
