import type { Sql } from '../../storage/storage.ts'
import { kindNumbers } from '../log/entry.ts'
import { type MessageRow, newest, ofMessage } from './store.ts'

export type LastRow = MessageRow & { roomKey: number; room: string }

/** The last message of each room that a person is in, by the key of the room: one look at the end of each log. */
export async function listLastRows(
  { query }: Sql,
  reader: { id: string; admin: boolean },
  { after, limit }: { after: number; limit: number },
): Promise<LastRow[]> {
  return query<LastRow>(
    `select rooms.key as "roomKey", rooms.id as room, last.* from members
     join rooms on rooms.key = members.room_key
     cross join lateral (
       select (select max(seq) from log as whole where whole.room_key = rooms.key) as head, ${ofMessage('rooms.key')}
       from log ${newest}
       where log.room_key = rooms.key and log.kind = ${kindNumbers['message.created']} and log.seq > rooms.expired_seq
       order by log.seq desc limit 1
     ) as last
     where members.user_id = $2::uuid and rooms.deleted_at is null and (rooms.access <> 'admins' or $3::bool)
       and rooms.key > $4::int
     order by rooms.key limit $1`,
    [limit, reader.id, reader.admin, after],
  )
}
