import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { columnList } from '../../storage/tables/columns.ts'
import { reports } from '../../storage/tables/reports.ts'
import { rooms } from '../../storage/tables/rooms.ts'

export type ReportRow = typeof reports.$inferSelect & {
  room: string
  epoch: string
  title: string
  access: 'open' | 'closed' | 'admins' | 'direct'
}

/** Who reads: administrators handle all reports, others those of the rooms that they moderate. */
export type Handler = { id: string; admin: boolean }

/** False if this person has reported this message before. Their closed report of another text does not count, and is replaced. */
export async function insertReport({ db }: Sql, row: typeof reports.$inferInsert): Promise<boolean> {
  const added = await db
    .insert(reports)
    .values(row)
    .onConflictDoUpdate({
      target: [reports.roomKey, reports.seq, reports.reporterId],
      set: { ...row, state: 'open', closedBy: null, closedAt: null },
      setWhere: sql`${reports.state} <> 'open' and ${reports.textSeq} < ${row.textSeq}`,
    })
    .returning({ id: reports.id })
  return added.length === 1
}

/** Nobody handles a report about a message of their own. `person` and `admin` are SQL. */
const handledBy = (
  person: string,
  admin: string,
) => `rooms.deleted_at is null and reports.author_id <> ${person}
  and (${admin} or (rooms.access not in ('direct', 'admins') and exists (
    select 1 from members where members.room_key = reports.room_key and members.user_id = ${person}
      and members.role <> 'member')))`

const found = `select ${columnList(reports)}, rooms.id as room, rooms.epoch, rooms.access,
    case when rooms.access = 'direct' then (
      select string_agg(users.username, ', ' order by users.username) from members
      join users on users.id = members.user_id where members.room_key = rooms.key
    ) else coalesce(nullif(rooms.title, ''), rooms.id) end as title
  from reports join rooms on rooms.key = reports.room_key`

/** What a person has reported, and nothing of what became of it, which the moderators do not say. */
export async function listReportsBy(
  { db }: Sql,
  user: string,
): Promise<{ room: string; seq: number; reason: string; at: Date }[]> {
  const { seq, reason, createdAt: at } = reports
  return db
    .select({ room: rooms.id, seq, reason, at })
    .from(reports)
    .innerJoin(rooms, eq(rooms.key, reports.roomKey))
    .where(and(eq(reports.reporterId, user), isNull(rooms.deletedAt)))
    .orderBy(reports.id)
}

type Page = { open: boolean; before: string | undefined; limit: number }

/** Newest first. */
export async function listReportRows(
  { query }: Sql,
  { id, admin }: Handler,
  { open, before, limit }: Page,
): Promise<ReportRow[]> {
  return query<ReportRow>(
    `${found} where (reports.state = 'open') = $3 and ($4::text is null or reports.id < $4)
       and ${handledBy('$1::uuid', '$2::boolean')} order by reports.id desc limit $5`,
    [id, admin, open, before ?? null, limit],
  )
}

export async function findReport(
  { query }: Sql,
  { id, admin }: Handler,
  report: string,
): Promise<ReportRow | undefined> {
  const [row] = await query<ReportRow>(
    `${found} where reports.id = $3 and ${handledBy('$1::uuid', '$2::boolean')}`,
    [id, admin, report],
  )
  return row
}

export async function countOpen({ query }: Sql, { id, admin }: Handler): Promise<number> {
  const [row] = await query<{ open: number }>(
    `select count(*)::int as open from reports join rooms on rooms.key = reports.room_key
     where reports.state = 'open' and ${handledBy('$1::uuid', '$2::boolean')}`,
    [id, admin],
  )
  return row!.open
}

export type Reported = Pick<ReportRow, 'roomKey' | 'seq'>

/** Those who handle the reports about this message, each with the number of open reports that they see. */
export async function listHandlers({ query }: Sql, { roomKey, seq }: Reported) {
  const isHandled = handledBy('handler.id', "handler.role = 'admin'")
  return query<{ id: string; admin: boolean; open: number }>(
    `select handler.id, handler.role = 'admin' as admin, (
       select count(*)::int from reports join rooms on rooms.key = reports.room_key
       where reports.state = 'open' and ${isHandled}
     ) as open
     from users handler where handler.deleted_at is null and (handler.role = 'admin' or exists (
       select 1 from members where room_key = $1 and user_id = handler.id and role <> 'member'))
       and exists (
         select 1 from reports join rooms on rooms.key = reports.room_key
         where reports.room_key = $1 and reports.seq = $2 and ${isHandled})`,
    [roomKey, seq],
  )
}

type Closing = Reported & { state: 'resolved' | 'dismissed'; by: string; at: Date }

/** Closes every open report about a message; false if there was none. */
export async function closeReports({ db }: Sql, { roomKey, seq, state, by, at }: Closing): Promise<boolean> {
  const about = and(eq(reports.roomKey, roomKey), eq(reports.seq, seq), eq(reports.state, 'open'))
  const closed = await db
    .update(reports)
    .set({ state, closedBy: by, closedAt: at })
    .where(about)
    .returning({ id: reports.id })
  return closed.length > 0
}
