import type { Sql } from '../../storage/storage.ts'
import { everybody } from '../../storage/tables/mentions.ts'
import type { Newest } from '../page.ts'

export type MentionRow = {
  roomKey: number
  /** The id of the room. */
  room: string
  seq: number
  kind: 'name' | 'room' | 'reply' | 'reaction' | 'word'
  place: number
  at: Date
  actorId: string
  emoji: string | null
  read: boolean
}

type Reader = { id: string; admin: boolean }

const order = 'order by at desc, room_key desc, place desc limit $3'

/** The condition of both parts: before the cursor, and not by somebody whom the reader has blocked. */
const wanted = `($4::timestamptz is null or (at, room_key, place) < ($4::timestamptz, $5::int, $6::bigint))
  and not exists (select 1 from blocks where user_id = $1::uuid and blocked_id = actor_id)`

/**
 * Who has meant this person, newest first, in rooms that they are in. Those that name the person are walked by their time, those that
 * mean everybody, and those with a keyword, in each of their rooms from its end. A message that means the person in several ways is in it once.
 */
export async function listMentionRows(
  { query }: Sql,
  reader: Reader,
  { before, limit }: { before?: Newest; limit: number },
): Promise<MentionRow[]> {
  return query<MentionRow>(
    `with mine as materialized (
       select key, id, read_seq, joined_at from members join rooms on rooms.key = members.room_key
       where members.user_id = $1::uuid and rooms.deleted_at is null and (rooms.access <> 'admins' or $2::bool)
     ), meant as (
       (select mentions.* from mentions
        where user_id = $1::uuid and room_key in (select key from mine) and ${wanted} and not (kind = 'reply' and exists (
          select 1 from mentions as other where other.user_id in ($1::uuid, '${everybody}')
            and other.room_key = mentions.room_key and other.seq = mentions.seq and other.kind in ('name', 'room')
        )) and not (kind = 'room' and exists (
          select 1 from mentions as other where other.user_id = $1::uuid
            and other.room_key = mentions.room_key and other.seq = mentions.seq and other.kind = 'name'
        )) ${order})
       union all
       (select every.* from mine cross join lateral (
          select * from mentions where user_id = '${everybody}' and room_key = mine.key and actor_id <> $1::uuid
            and at >= mine.joined_at and ${wanted} and not exists (
              select 1 from mentions as other where other.user_id = $1::uuid
                and other.room_key = mine.key and other.seq = mentions.seq and other.kind in ('name', 'room')
            )
          order by seq desc limit $3
        ) as every ${order})
       union all
       (select distinct on (at, room_key, place) word.* from mine join keywords on keywords.user_id = $1::uuid
        cross join lateral (
          select * from mentions where user_id = keywords.hash and room_key = mine.key and kind = 'word' and actor_id <> $1::uuid
            and at >= mine.joined_at and at >= keywords.since and ${wanted} and not exists (
              select 1 from mentions as other where other.user_id in ($1::uuid, '${everybody}')
                and other.room_key = mine.key and other.seq = mentions.seq and other.kind in ('name', 'room', 'reply')
            )
          order by seq desc limit $3
        ) as word ${order})
     )
     select room_key as "roomKey", mine.id as room, seq, kind, place, at, actor_id as "actorId",
            place <= mine.read_seq as read,
            case when kind = 'reaction' then (
              select emoji from reactions where reactions.room_key = meant.room_key and reactions.seq = meant.seq
                and reactions.user_id = meant.actor_id order by added_seq limit 1
            ) end as emoji
     from meant join mine on mine.key = meant.room_key ${order}`,
    [
      ...[reader.id, reader.admin, limit],
      ...[before ? new Date(before.at) : null, before?.roomKey ?? null, before?.place ?? null],
    ],
  )
}
