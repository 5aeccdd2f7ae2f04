import type { Sql } from '../../storage/storage.ts'
import type { Newest } from '../page.ts'

export type SavedRow = {
  roomKey: number
  /** The id of the room. */
  room: string
  seq: number
  /** The same, as the cursor has it. */
  place: number
  at: Date
}

type Reader = { id: string; admin: boolean }
type Place = { room: number; seq: number }

const order = 'order by at desc, room_key desc, seq desc'

/** What this person has saved in rooms that they are in, what they saved last first. */
export async function listSavedRows(
  { query }: Sql,
  reader: Reader,
  { before, limit }: { before?: Newest; limit: number },
): Promise<SavedRow[]> {
  return query<SavedRow>(
    `select room_key as "roomKey", id as room, seq, seq as place, at from (
       select saved.room_key, rooms.id, saved.seq, saved.at from saved_messages as saved
       join members on members.room_key = saved.room_key and members.user_id = saved.user_id
       join rooms on rooms.key = saved.room_key
       where saved.user_id = $1::uuid and rooms.deleted_at is null and (rooms.access <> 'admins' or $2::bool)
     ) as mine
     where $4::timestamptz is null or (at, room_key, seq) < ($4::timestamptz, $5::int, $6::bigint)
     ${order} limit $3`,
    [
      ...[reader.id, reader.admin, limit],
      ...[before ? new Date(before.at) : null, before?.roomKey ?? null, before?.place ?? null],
    ],
  )
}

/** Everything that a person has saved, as it is stored. */
export async function listSavedBy(
  { query }: Sql,
  user: string,
): Promise<{ room: string; seq: number; at: Date }[]> {
  return query(
    `select rooms.id as room, saved.seq, saved.at from saved_messages as saved
     join rooms on rooms.key = saved.room_key
     where saved.user_id = $1 and rooms.deleted_at is null order by saved.at, rooms.id, saved.seq`,
    [user],
  )
}

export async function countSaved({ query }: Sql, user: string): Promise<number> {
  const [row] = await query<{ count: number }>(
    'select count(*)::int as count from saved_messages where user_id = $1',
    [user],
  )
  return row!.count
}

/** False if they have saved it before: then the time stays. */
export async function insertSaved({ query }: Sql, place: Place, user: string, at: Date): Promise<boolean> {
  const rows = await query(
    `insert into saved_messages (room_key, seq, user_id, at) values ($1, $2, $3, $4)
     on conflict do nothing returning 1`,
    [place.room, place.seq, user, at],
  )
  return rows.length === 1
}

/** False if they had not saved it. */
export async function deleteSaved({ query }: Sql, { room, seq }: Place, user: string): Promise<boolean> {
  const rows = await query(
    'delete from saved_messages where room_key = $1 and seq = $2 and user_id = $3 returning 1',
    [room, seq, user],
  )
  return rows.length === 1
}
