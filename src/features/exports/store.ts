import { and, eq, inArray, isNull, ne } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import { users } from '../../storage/tables/users.ts'
import { kindNumbers, type LogRoom } from '../log/entry.ts'
import type { Place } from '../log/sealed.ts'

export type Seen = Place & { written: boolean }

/**
 * The rooms of the next `limit` entries of all logs, each with its last entry among them, and whether the person has written a message in
 * them. There is no index of messages by author: it would cost every message something, and this reads each log once.
 */
export async function listWritten(
  { query }: Sql,
  user: string,
  after: Place,
  limit: number,
): Promise<Seen[]> {
  return query<Seen>(
    `with page as materialized (
       select room_key, seq, kind = ${kindNumbers['message.created']} and actor_id = $3 and deleted_at is null as written from log
       where (room_key, seq) > ($1::int, $2::bigint) order by room_key, seq limit $4
     )
     select room_key as "roomKey", max(seq) as seq, bool_or(written) as written from page group by room_key order by room_key`,
    [after.roomKey, after.seq, user, limit],
  )
}

/** Nobody leaves a direct room. */
export async function listRoomsByKey({ db }: Sql, keys: number[]): Promise<LogRoom[]> {
  if (keys.length === 0) return []
  return db
    .select({ key: rooms.key, id: rooms.id, epoch: rooms.epoch })
    .from(rooms)
    .where(and(inArray(rooms.key, keys), isNull(rooms.deletedAt), ne(rooms.access, 'direct')))
    .orderBy(rooms.key)
}

/** The id of the file that is the picture of a person. */
export async function findAvatar({ db }: Sql, user: string): Promise<string | null> {
  const [row] = await db.select({ avatar: users.avatar }).from(users).where(eq(users.id, user))
  return row?.avatar ?? null
}

type Reacted = { seq: number; emoji: string }

/** What a person has added to the messages of a room, in pages. */
export async function listReactionsBy(
  { query }: Sql,
  room: number,
  user: string,
  after: Reacted,
  limit: number,
): Promise<Reacted[]> {
  return query<Reacted>(
    `select seq, emoji from reactions where room_key = $1 and user_id = $2 and (seq, emoji) > ($3::bigint, $4::text)
     order by seq, emoji limit $5`,
    [room, user, after.seq, after.emoji, limit],
  )
}
