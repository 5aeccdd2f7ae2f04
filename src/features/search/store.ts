import type { Sql } from '../../storage/storage.ts'
import { kindNumbers, markKinds } from '../log/entry.ts'
import { plain } from '../log/literals.ts'
import type { TextRow } from '../messages/standing.ts'
import type { MessageRow } from '../messages/store.ts'

export type Position = { roomKey: number; seq: number; filling: number; keyId: string }

const created = kindNumbers['message.created']

/** Rooms with more entries than this are filled backwards: what is new is found first. */
const mostFollowed = 500

/** Begins where there is no position, at the end of a log that is long. */
export async function createPositions({ query }: Sql, keyId: string, rooms?: number[]): Promise<void> {
  await query(
    `insert into search_positions (room_key, seq, filling, key_id)
     select key, start, start, $1 from rooms cross join lateral (
       select case when head > ${mostFollowed} then head else 0 end as start
       from (select coalesce(max(seq), 0) as head from log where room_key = rooms.key) as log
     ) as log
     where deleted_at is null and ($2::int[] is null or key = any($2))
       and not exists (select 1 from search_positions where room_key = rooms.key)
     on conflict do nothing`,
    [keyId, rooms ?? null],
  )
}

export async function readPositions({ query }: Sql, rooms: number[]): Promise<Position[]> {
  return query<Position>(
    `select room_key as "roomKey", seq, filling, key_id as "keyId" from search_positions where room_key = any($1::int[])`,
    [rooms],
  )
}

/** Rooms whose log is longer than their position says. One that is shorter was cut: its position goes back. */
export async function listBehind({ query }: Sql): Promise<number[]> {
  await query(
    `update search_positions set seq = head, filling = least(filling, head) from (
       select position.room_key, coalesce((select max(seq) from log where log.room_key = position.room_key), 0) as head
       from search_positions as position
     ) as log where log.room_key = search_positions.room_key and search_positions.seq > log.head`,
  )
  const rows = await query<{ key: number }>(
    `select room_key as key from search_positions join rooms on rooms.key = room_key and rooms.deleted_at is null
     where search_positions.seq < coalesce((select max(log.seq) from log where log.room_key = rooms.key), 0)`,
  )
  return rows.map(({ key }) => key)
}

/** Removes words of rooms that were deleted while somebody filled them in. */
export async function removeLeft({ query }: Sql): Promise<void> {
  const gone = await query<{ key: number }>(
    `delete from search_positions using rooms where rooms.key = room_key and rooms.deleted_at is not null returning key`,
  )
  const keys = gone.map(({ key }) => key)
  if (keys.length > 0) await query('delete from search_words where room_key = any($1::int[])', [keys])
}

/** Everything is filled in again that has another key; with `all`, everything. */
export async function refill({ query }: Sql, keyId: string, ids: string[], all = false): Promise<void> {
  await query(
    `update search_positions set filling = seq, key_id = $1 where key_id = any($2::text[]) and ($3 or key_id <> $1)`,
    [keyId, ids, all],
  )
}

/** How many entries are still to be looked at to fill in what is old. */
export async function countFilling({ query }: Sql): Promise<number> {
  const [row] = await query<{ left: number }>(
    'select coalesce(sum(filling), 0)::bigint as left from search_positions where filling > 0',
  )
  return row!.left
}

export async function listFilling({ query }: Sql, ids: string[], limit: number): Promise<Position[]> {
  return query<Position>(
    `select room_key as "roomKey", seq, filling, key_id as "keyId" from search_positions
     where filling > 0 and key_id = any($1::text[]) order by filling desc limit $2`,
    [ids, limit],
  )
}

type Changed = { roomKey: number; seq: number; message: number | null }

/** The next entries of each of these logs, and the message that each creates or changes. */
export async function readChanged({ query }: Sql, positions: Position[], limit: number): Promise<Changed[]> {
  return query<Changed>(
    `select start.key as "roomKey", entry.seq,
            case when entry.kind = ${created} then entry.seq when entry.kind in (${markKinds}) then entry.target end as message
     from unnest($1::int[], $2::bigint[]) as start (key, seq) cross join lateral (
       select seq, kind, target from log where room_key = start.key and log.seq > start.seq order by log.seq limit $3
     ) as entry`,
    [positions.map(({ roomKey }) => roomKey), positions.map(({ seq }) => seq), limit],
  )
}

/** The last messages of each of these logs that are not filled in yet. */
export async function readUnfilled(
  { query }: Sql,
  positions: Position[],
  limit: number,
): Promise<{ roomKey: number; seq: number }[]> {
  return query(
    `select start.key as "roomKey", entry.seq
     from unnest($1::int[], $2::bigint[]) as start (key, seq) cross join lateral (
       select seq from log where room_key = start.key and log.seq <= start.seq and kind = ${created}
       order by log.seq desc limit $3
     ) as entry`,
    [positions.map(({ roomKey }) => roomKey), positions.map(({ filling }) => filling), limit],
  )
}

export type IndexedRow = TextRow & Pick<MessageRow, 'deletedAt' | 'pinnedAt'> & { roomKey: number }

/** These messages with the text that they have now. */
export async function readTexts(
  { query }: Sql,
  places: { roomKey: number; seq: number }[],
): Promise<IndexedRow[]> {
  return query<IndexedRow>(
    `select log.room_key as "roomKey", log.seq, log.actor_id as "authorId", log.at, log.client_id as "clientId",
            log.reply_to as "replyTo", log.deleted_at as "deletedAt", log.pinned_at as "pinnedAt", log.body, log.detail,
            log.edited_seq as "editedSeq", edited.at as "editedAt", edited.body as "editedBody", edited.detail as "editedDetail"
     from unnest($1::int[], $2::bigint[]) as place (room_key, seq)
     join log on log.room_key = place.room_key and log.seq = place.seq and log.kind = ${created}
     left join log edited on edited.room_key = log.room_key and edited.seq = log.edited_seq`,
    [places.map(({ roomKey }) => roomKey), places.map(({ seq }) => seq)],
  )
}

export type Words = { roomKey: number; seq: number; at: Date; editedSeq: number | null; hashes: Set<number> }

/** Where a position was when it was read, and where it goes. */
export type Step = { from: Position; seq: number; filling: number }

/**
 * Stores words, removes those of messages that are gone, and moves the positions, all or nothing for each room: a room whose position another node has moved,
 * or moves at this moment, is left out. Words are stored only of a message that is still as it was read, so that a deletion which was followed meanwhile
 * stays followed. Returns the rooms that were moved.
 */
export async function storeWords(
  { query }: Sql,
  steps: Step[],
  words: Words[],
  gone: { roomKey: number; seq: number }[],
): Promise<Set<number>> {
  const moved = await query<{ key: number }>(
    `with held as materialized (
       select place.room_key from search_positions as place
       join unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[]) as was (room_key, seq, filling, key_id)
         on was.room_key = place.room_key and was.seq = place.seq and was.filling = place.filling and was.key_id = place.key_id
       for update of place skip locked
     ), moved as (
       update search_positions as place set seq = next.seq, filling = next.filling
       from unnest($1::int[], $5::bigint[], $6::bigint[]) as next (room_key, seq, filling)
       join held on held.room_key = next.room_key where place.room_key = next.room_key returning place.room_key as key
     ), stored as (
       insert into search_words (room_key, seq, at, terms)
       select fresh.room_key, fresh.seq, fresh.at, fresh.terms::int[]
       from unnest($7::int[], $8::bigint[], $9::timestamptz[], $10::bigint[], $11::text[]) as fresh (room_key, seq, at, edited_seq, terms)
       join held on held.room_key = fresh.room_key
       join log on log.room_key = fresh.room_key and log.seq = fresh.seq and log.deleted_at is null
         and log.edited_seq is not distinct from nullif(fresh.edited_seq, 0)
       on conflict (room_key, seq) do update set at = excluded.at, terms = excluded.terms
         where search_words.terms is distinct from excluded.terms
     ), removed as (
       delete from search_words using unnest($12::int[], $13::bigint[]) as gone (room_key, seq), held
       where held.room_key = gone.room_key and search_words.room_key = gone.room_key and search_words.seq = gone.seq
     )
     select key from moved`,
    [
      plain(steps.map(({ from }) => from.roomKey)),
      plain(steps.map(({ from }) => from.seq)),
      plain(steps.map(({ from }) => from.filling)),
      steps.map(({ from }) => from.keyId),
      plain(steps.map(({ seq }) => seq)),
      plain(steps.map(({ filling }) => filling)),
      plain(words.map(({ roomKey }) => roomKey)),
      plain(words.map(({ seq }) => seq)),
      plain(words.map(({ at }) => at.toISOString())),
      plain(words.map(({ editedSeq }) => editedSeq ?? 0)),
      plain(words.map(({ hashes }) => `"{${[...hashes].join()}}"`)),
      plain(gone.map(({ roomKey }) => roomKey)),
      plain(gone.map(({ seq }) => seq)),
    ],
  )
  return new Set(moved.map(({ key }) => key))
}

/** After everything was filled in again: words without a message, which nothing but a change in the database leaves. */
export async function removeOrphans({ query }: Sql): Promise<void> {
  await query(
    `delete from search_words where not exists (
       select 1 from log where log.room_key = search_words.room_key and log.seq = search_words.seq
         and log.kind = ${created} and log.deleted_at is null
     )`,
  )
}

/** Nobody may search any more: nothing that was kept for it stays. */
export async function removeAll({ query }: Sql): Promise<void> {
  const some = await query('select 1 from search_positions limit 1')
  if (some.length > 0) await query('truncate search_words, search_positions')
}
