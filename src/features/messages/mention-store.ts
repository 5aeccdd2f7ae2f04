import type { Person } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { type Meant, meantColumns, storeMeant } from '../log/meant.ts'

/** Whom a message means no more; `userId` may be `everybody`, and is a hash where a word is gone. */
export type Unmeant = {
  userId: string
  kind: 'name' | 'room' | 'reply' | 'reaction' | 'word'
  actorId: string
  at: Date
}

const unmeant = 'user_id as "userId", kind, actor_id as "actorId", at'

type Edit = { room: number; seq: number; editedSeq: number; at: Date; author: Person }

/** What an edit changes: who is meant by the new text, and those whom it means no more. A reply answers the same message as before. */
export async function changeMeant(
  { query }: Sql,
  { room, seq, editedSeq, at, author }: Edit,
  meant: Meant,
): Promise<Unmeant[]> {
  const gone = await query<Unmeant>(
    `delete from mentions where room_key = $1 and seq = $2 and (
       kind = 'room' and not $4::bool
       or kind = 'name' and user_id <> all(array(select id from users where username = any($3::text[])))
       or kind = 'word' and user_id <> all($5::uuid[])
     ) returning ${unmeant}`,
    [room, seq, meant.names, meant.room !== undefined, meant.words ?? []],
  )
  if (meant.names.length === 0 && meant.room === undefined && !meant.words?.length) return gone
  await query(
    `with entry as (
       select $1::int as room_key, $2::bigint as seq, $3::bigint as target, $4::uuid as actor_id, $5::timestamptz as at
     ) ${storeMeant('entry', 6)}`,
    [room, editedSeq, seq, author.id, at, ...meantColumns([{ roomKey: room, seq: editedSeq, meant }])],
  )
  return gone
}

/** Nobody is meant by these messages any more. */
export async function removeMeant({ query }: Sql, room: number, seqs: number[]): Promise<Unmeant[]> {
  return query<Unmeant>(
    `delete from mentions where room_key = $1 and seq = any($2::bigint[]) returning ${unmeant}`,
    [room, seqs],
  )
}

type Reacted = { room: number; seq: number; author: string; actor: string }

/** The author learns of the first reaction of each person to a message. */
export async function addReacted(
  { query }: Sql,
  { room, seq, author, actor }: Reacted,
  { place, at }: { place: number; at: Date },
): Promise<void> {
  await query(
    `insert into mentions (user_id, room_key, seq, kind, actor_id, place, at)
     select user_id, $1, $2, 'reaction', $4::uuid, $5, $6::timestamptz
     from members where room_key = $1 and user_id = $3::uuid
     on conflict do nothing`,
    [room, seq, author, actor, place, at],
  )
}

/** If nothing is left of what they have added to it. */
export async function removeReacted({ query }: Sql, { room, seq, author, actor }: Reacted): Promise<void> {
  await query(
    `delete from mentions where user_id = $3::uuid and room_key = $1 and seq = $2 and kind = 'reaction' and actor_id = $4::uuid
       and not exists (select 1 from reactions where room_key = $1 and seq = $2 and user_id = $4::uuid)`,
    [room, seq, author, actor],
  )
}
