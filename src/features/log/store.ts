import type { Sql } from '../../storage/storage.ts'
import { type Detail, kindNumbers, markKinds as marks, noTip, reservedKind, type Tip } from './entry.ts'
import type { Facts } from './facts.ts'
import { meaningColumns, storeFollows } from './following.ts'
import { plain, quoted } from './literals.ts'
import { type Meant, meantColumns, storeMeant } from './meant.ts'

export type NewRow = {
  roomKey: number
  seq: number
  at: Date
  kind: number
  actorId: string
  target: number | null
  body: string | null
  clientId: string | null
  replyTo: number | null
  threadSeq: number | null
  detail: string | null
  link: string | null
  meant?: Meant
}

/**
 * Appends rows of many rooms in one statement; the unique (room, seq) and (actor, client_id) decide conflicts. Skips rows of
 * deleted rooms, so that they do not fail the others. Sorted, because two nodes that take the same places in different
 * orders would wait for each other. Returns how many rows it has stored.
 */
export async function insertRows({ query }: Sql, rows: NewRow[]): Promise<number> {
  if (rows.some(({ meant, threadSeq }) => meant || threadSeq !== null)) {
    const columns = [...columnsOf(rows, 'each', true), ...meantColumns(rows)]
    return (await query<{ count: number }>(insertMeaning, columns))[0]!.count
  }
  const [at] = rows.map((row) => row.at.getTime())
  const times = rows.every((row) => row.at.getTime() === at) ? 'one' : 'each'
  const hasOthers = rows.some(
    ({ kind, target, detail }) =>
      kind !== kindNumbers['message.created'] || target !== null || detail !== null,
  )
  const text = (hasOthers ? insertAny : insertMessages)[times]
  const [stored] = await query<{ count: number }>(text, columnsOf(rows, times, hasOthers))
  return stored!.count
}

/** The parameters of an insertion: the time or times, then the columns of `insertionTypes`. */
export function columnsOf(rows: NewRow[], times: 'one' | 'each', hasOthers: boolean): unknown[] {
  return [
    times === 'one' ? rows[0]!.at : plain(rows.map((row) => row.at.toISOString())),
    plain(rows.map(({ roomKey }) => roomKey)),
    plain(rows.map(({ seq }) => seq)),
    plain(rows.map(({ actorId }) => actorId)),
    plain(rows.map(({ body }) => body)),
    quoted(rows.map(({ clientId }) => clientId)),
    plain(rows.map(({ replyTo }) => replyTo)),
    plain(rows.map(({ link }) => link)),
    ...(hasOthers
      ? [
          plain(rows.map(({ kind }) => kind)),
          plain(rows.map(({ target }) => target)),
          quoted(rows.map(({ detail }) => detail)),
          plain(rows.map(({ threadSeq }) => threadSeq)),
        ]
      : []),
  ]
}

const messageTypes = '$2::int[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::uuid[]'
const messageNames = 'room_key, seq, actor_id, body, client_id, reply_to, link'
const otherTypes = ', $9::smallint[], $10::bigint[], $11::text[], $12::bigint[]'
const otherNames = ', kind, target, detail, thread_seq'

export const insertionTypes = messageTypes + otherTypes
export const insertionNames = messageNames + otherNames

type Insertion = [columns: string, values: string, types: string, names: string, after?: string]

/** Nearly always all rows of a statement have one time; each has its own when the clock was set back. */
const insertion = (...parts: Insertion) => ({
  one: insertionWith('$1::timestamptz', '', '', parts),
  each: insertionWith('row.at', '$1::timestamptz[], ', 'at, ', parts),
})

const insertionWith = (
  at: string,
  timeType: string,
  timeName: string,
  [columns, values, types, names, after = '']: Insertion,
): string =>
  `with stored as (
     insert into log (at, room_key, seq, actor_id, body, client_id, reply_to, link, kind${columns})
     select ${at}, row.room_key, row.seq, row.actor_id, row.body, row.client_id, row.reply_to, row.link, ${values}
     from unnest(${timeType}${messageTypes}${types}) as row (${timeName}${messageNames}${names})
     join rooms on rooms.key = row.room_key and rooms.deleted_at is null
     order by row.room_key, row.seq
     returning room_key, seq, target, actor_id, at, thread_seq
   )${after} select count(*)::int as count from stored`

/** Nearly all entries are messages that reply to nothing; four columns less save a quarter of the time. */
const insertMessages = insertion('', String(kindNumbers['message.created']), '', '')
const insertAny = insertion(
  ', target, detail, thread_seq',
  'row.kind, row.target, row.detail::jsonb, row.thread_seq',
  otherTypes,
  otherNames,
)

/** The number of the first parameter behind those of `columnsOf`. */
export const afterColumns = 13

const storeMeaning = `, meaning as (${storeMeant('stored', afterColumns)} ${meaningColumns}), following as (${storeFollows('stored', 'meaning')})`

/** With those whom messages mean, and who follows the threads of replies. */
const insertMeaning = insertion(
  ', target, detail, thread_seq',
  'row.kind, row.target, row.detail::jsonb, row.thread_seq',
  otherTypes,
  otherNames,
  storeMeaning,
).each

/** The end of an insertion of `row` into the rooms of `open`. Where the SQL of `kind` gives null, the table refuses the whole statement. */
export const storeUnlessRefused = (kind: string, join: string): string => `stored as (
  insert into log (at, room_key, seq, actor_id, body, client_id, reply_to, link, kind, target, detail, thread_seq)
  select row.at, row.room_key, row.seq, row.actor_id, row.body, row.client_id, row.reply_to, row.link,
         ${kind}, row.target, row.detail::jsonb, row.thread_seq
  from row join open on open.key = row.room_key
  ${join}
  order by row.room_key, row.seq
  returning room_key, seq, target, actor_id, at, thread_seq
)${storeMeaning} select count(*)::int as count from stored`

/** The head of each room that exists; a deleted room is not in the map. */
export async function readHeads({ query }: Sql, rooms: number[]): Promise<Map<number, number>> {
  const rows = await query<{ key: number; head: number }>(
    `select key, coalesce((select max(seq) from log where room_key = key), 0)::bigint as head
     from rooms where key = any($1::int[]) and deleted_at is null`,
    [rooms],
  )
  return new Map(rows.map(({ key, head }) => [key, head]))
}

/** The same with the times and links of the heads; a reserved place is no entry. */
export async function readTips({ query }: Sql, rooms: number[]): Promise<Map<number, Tip>> {
  const rows = await query<{ key: number; head: number | null; at: Date | null; link: string | null }>(
    `select key, last.seq as head, last.at, last.link
     from rooms left join lateral (
       select seq, at, ${linkText('log')} as link from log where room_key = key and kind <> ${reservedKind}
       order by seq desc limit 1
     ) as last on true
     where key = any($1::int[]) and deleted_at is null`,
    [rooms],
  )
  return new Map(
    rows.map(({ key, head, at, link }) => [key, head === null || at === null ? noTip : { head, at, link }]),
  )
}

/** A link as it is written here: 32 hexadecimal digits. */
export function linkText(row: string): string {
  return `encode(uuid_send(${row}.link), 'hex')`
}

/** Locks rooms against every other writer until the transaction ends, always in one order. */
export async function lockRooms({ query }: Sql, rooms: number[]): Promise<void> {
  await query(`select key from rooms where key = any($1::int[]) order by key for update`, [rooms])
}

/**
 * Takes the next place of each room with a row of the reserved kind, so that a node that does not lock has to wait instead of being
 * faster again and again. The rooms are locked already. Returns the head of each room that exists.
 */
export async function reservePlaces({ query }: Sql, rooms: number[], at: Date): Promise<Map<number, number>> {
  const rows = await query<{ key: number; head: number }>(
    `insert into log (room_key, seq, kind, actor_id, at)
     select key, coalesce((select max(seq) from log where room_key = key), 0) + 1, ${reservedKind},
            '00000000-0000-0000-0000-000000000000', $2::timestamptz
     from rooms where key = any($1::int[]) and deleted_at is null order by key
     returning room_key as key, (seq - 1)::bigint as head`,
    [rooms, at],
  )
  return new Map(rows.map(({ key, head }) => [key, head]))
}

/** In the same transaction: deletes those rows, so that the entries can be stored in their place. */
export async function freePlaces({ query }: Sql, heads: Map<number, number>): Promise<void> {
  await query(
    `delete from log using unnest($1::int[], $2::bigint[]) as place (room_key, head)
     where log.room_key = place.room_key and seq = place.head + 1 and kind = ${reservedKind}`,
    [[...heads.keys()], [...heads.values()]],
  )
}

export type Known = {
  actorId: string
  clientId: string
  roomKey: number
  seq: number
  at: Date
  body: string | null
  replyTo: number | null
  detail: Detail | null
}

/** The entries that are stored already under these (author, client_id). */
export async function findKnown(
  { query }: Sql,
  pairs: { actorId: string; clientId: string }[],
): Promise<Known[]> {
  return query<Known>(
    `select log.actor_id as "actorId", log.client_id as "clientId", room_key as "roomKey", seq, at, body,
            reply_to as "replyTo", detail
     from unnest($1::uuid[], $2::text[]) as pair (actor_id, client_id)
     join log on log.actor_id = pair.actor_id and log.client_id = pair.client_id`,
    [pairs.map(({ actorId }) => actorId), pairs.map(({ clientId }) => clientId)],
  )
}

export type LogRow = Facts & {
  body: string | null
  threadSeq: number | null
  link: string | null
  deletedAt: Date | null
  /** When the log says that the message of this entry was deleted. */
  goneAt: Date | null
  targetKind: number | null
  targetActorId: string | null
  targetAt: Date | null
  targetClientId: string | null
  targetReplyTo: number | null
  targetThreadSeq: number | null
  targetTarget: number | null
  targetDetail: Detail | null
  targetLink: string | null
  targetDeletedAt: Date | null
  /** The link of the entry before the message that this entry is about. */
  targetBefore: string | null
}

/** Those about a message carry what never changes about it. */
const rowsOf = (entries: string): string =>
  `select log.seq, log.kind, log.actor_id as "actorId", log.at, log.target, log.body, log.client_id as "clientId",
          log.reply_to as "replyTo", log.thread_seq as "threadSeq", log.detail, ${linkText('log')} as link, log.deleted_at as "deletedAt",
          gone.at as "goneAt", about.kind as "targetKind", about.actor_id as "targetActorId",
          about.at as "targetAt", about.client_id as "targetClientId", about.reply_to as "targetReplyTo", about.thread_seq as "targetThreadSeq",
          about.target as "targetTarget", about.detail as "targetDetail", ${linkText('about')} as "targetLink",
          about.deleted_at as "targetDeletedAt", ${linkText('before')} as "targetBefore", log.room_key as "roomKey"
   from (${entries}) as log
   left join log about
     on log.target is not null and about.room_key = log.room_key and about.seq = log.target
   left join log before
     on log.target is not null and before.room_key = log.room_key and before.seq = log.target - 1
   left join lateral (
     select at from log deletion where deletion.room_key = log.room_key and deletion.kind in (${marks})
       and deletion.kind = ${kindNumbers['message.deleted']} and deletion.target = coalesce(log.target, log.seq)
     order by deletion.seq + 0 limit 1
   ) as gone on log.kind in (${kindNumbers['message.created']}, ${kindNumbers['message.edited']})
   order by log.room_key, log.seq`

/**
 * Entries from `from` on, ascending. The page is cut before anything is joined to it: a table without statistics is otherwise
 * joined to its end, and then sorted.
 */
export async function readRows({ query }: Sql, room: number, from: number, limit: number): Promise<LogRow[]> {
  return query<LogRow>(rowsFrom, [room, from, limit])
}

const rowsFrom = rowsOf('select * from log where room_key = $1 and seq >= $2 order by seq limit $3')

/** The same of many rooms: up to `limit` entries of each. A room may be in it once. */
export async function readRowsOf(
  { query }: Sql,
  starts: { roomKey: number; from: number }[],
  limit: number,
): Promise<LogRow[]> {
  return query<LogRow>(rowsOfRooms, [
    starts.map(({ roomKey }) => roomKey),
    starts.map(({ from }) => from),
    limit,
  ])
}

const rowsOfRooms = rowsOf(
  `select entry.* from unnest($1::int[], $2::bigint[]) as start (key, seq) cross join lateral (
     select * from log where room_key = start.key and log.seq >= start.seq order by log.seq limit $3
   ) as entry`,
)

/** Those of these entries that exist, of whatever rooms. */
export async function readRowsAt(
  { query }: Sql,
  places: { roomKey: number; seq: number }[],
): Promise<LogRow[]> {
  return query<LogRow>(rowsAt, [places.map(({ roomKey }) => roomKey), places.map(({ seq }) => seq)])
}

const rowsAt = rowsOf(
  `select * from log where (room_key, seq) in (select * from unnest($1::int[], $2::bigint[]) as place (room_key, seq))`,
)
