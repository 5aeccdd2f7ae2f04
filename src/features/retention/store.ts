import type { Sql } from '../../storage/storage.ts'
import { kindNumbers } from '../log/entry.ts'
import { removeSaved } from '../messages/saved-store.ts'
import type { RoomRow } from '../rooms/store.ts'

const created = kindNumbers['message.created']
const edited = kindNumbers['message.edited']

/** A room in which messages have an end, and after how many days. */
export type LimitedRoom = Pick<RoomRow, 'key' | 'id' | 'epoch' | 'expiredSeq'> & { days: number }

/** `most` is the limit for all rooms; a room can only have a shorter one. `only`: those of these keys. */
export async function listLimitedRooms(
  { query }: Sql,
  most: number | undefined,
  only?: number[],
): Promise<LimitedRoom[]> {
  return query<LimitedRoom>(
    `select key, id, epoch, expired_seq as "expiredSeq", least(nullif(retention_days, 0), $1::int) as days
     from rooms where deleted_at is null and least(nullif(retention_days, 0), $1::int) is not null
       and ($2::int[] is null or key = any($2)) order by key`,
    [most ?? null, only ?? null],
  )
}

type OldEntry = {
  seq: number
  at: Date
  authorId: string
  clientId: string | null
  replyTo: number | null
  threadSeq: number | null
  /** Whether it is a message that still has its text. */
  isMessage: boolean
}

/** The first entries after `after`, as long as they are from before this time. Time never goes back inside a room. */
export async function readOld(
  { query }: Sql,
  room: number,
  range: { after: number; before: Date; limit: number },
): Promise<OldEntry[]> {
  const rows = await query<OldEntry>(
    `select seq, at, actor_id as "authorId", client_id as "clientId", reply_to as "replyTo", thread_seq as "threadSeq",
            kind = ${created} and deleted_at is null as "isMessage"
     from log where room_key = $1 and seq > $2 order by seq limit $3`,
    [room, range.after, range.limit],
  )
  const end = rows.findIndex(({ at }) => at >= range.before)
  return end < 0 ? rows : rows.slice(0, end)
}

export type Gone = { seq: number; standing: string | null }

/** As `markDeleted` does it with one message: removes all versions of the texts, reactions and pins. */
export async function markExpired(sql: Sql, room: number, gone: Gone[], at: Date): Promise<void> {
  const { query } = sql
  const seqs = gone.map(({ seq }) => seq)
  await query(
    `update log set deleted_at = $4, pinned_at = null, reacted = false, body = null, edited_seq = null,
       standing = gone.standing::uuid
     from unnest($2::bigint[], $3::text[]) as gone (seq, standing)
     where log.room_key = $1 and log.seq = gone.seq`,
    [room, seqs, gone.map(({ standing }) => standing), at],
  )
  await query(
    `update log set body = null, detail = null where room_key = $1 and kind = ${edited} and target = any($2::bigint[])`,
    [room, seqs],
  )
  await query('delete from reactions where room_key = $1 and seq = any($2::bigint[])', [room, seqs])
  await query('delete from mentions where room_key = $1 and seq = any($2::bigint[])', [room, seqs])
  await removeSaved(sql, room, seqs)
  await query('update rooms set expired_seq = $2 where key = $1', [room, seqs.at(-1)])
}
