import type { Sql } from '../../storage/storage.ts'

export async function readMarkOf({ query }: Sql, room: number, user: string): Promise<number | undefined> {
  const [member] = await query<{ readSeq: number }>(
    `select read_seq as "readSeq" from members where room_key = $1 and user_id = $2`,
    [room, user],
  )
  return member?.readSeq
}

/** Moves a read mark forwards; undefined if it is already there or further. */
export async function moveReadMark({ query }: Sql, room: number, user: string, seq: number) {
  const [moved] = await query<{ readSeq: number; unread: number }>(
    `update members set read_seq = least($3::bigint, (select coalesce(max(seq), 0) from log where room_key = $1))
     where room_key = $1 and user_id = $2
       and read_seq < least($3::bigint, (select coalesce(max(seq), 0) from log where room_key = $1))
     returning read_seq as "readSeq", (
       select count(*)::int from log where room_key = $1 and seq > members.read_seq and kind = 1
         and actor_id <> $2 and deleted_at is null
     ) as unread`,
    [room, user, seq],
  )
  return moved
}

type Delivered = { userId: string; deliveredSeq: number; readSeq: number }

/** Moves the delivered marks of these members to the head; returns those that moved. */
export async function moveDeliveredMarks(
  { query }: Sql,
  room: number,
  users: string[],
): Promise<Delivered[]> {
  return query<Delivered>(
    `update members set delivered_seq = (select coalesce(max(seq), 0) from log where room_key = $1)
     where room_key = $1 and user_id = any($2::uuid[])
       and delivered_seq < (select coalesce(max(seq), 0) from log where room_key = $1)
     returning user_id as "userId", delivered_seq as "deliveredSeq", read_seq as "readSeq"`,
    [room, users],
  )
}
