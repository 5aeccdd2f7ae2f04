// Longer than 300 lines: all SQL about messages is in one file, because the queries share what a message is made of.
import { and, eq, gt, ne, notExists, or, sql } from 'drizzle-orm'
import type { Reaction } from '../../protocol/messages.ts'
import { type Arguments, prepared } from '../../storage/prepared.ts'
import type { Sql } from '../../storage/storage.ts'
import { log, reactions } from '../../storage/tables/log.ts'
import { members, rooms } from '../../storage/tables/rooms.ts'
import { blocks, users } from '../../storage/tables/users.ts'
import { type Detail, kindNumbers, markKinds, pinKinds } from '../log/entry.ts'
import type { Facts } from '../log/facts.ts'
import { linkText } from '../log/store.ts'

export type MessageRow = {
  /** The head of the log, read in the same query. */
  head: number
  seq: number
  authorId: string
  at: Date
  clientId: string | null
  replyTo: number | null
  threadSeq: number | null
  /** How many replies a message that begins a thread has that are not deleted, and when the last was sent, in ms. */
  thread: [replies: number, lastAtMs: number] | null
  deletedAt: Date | null
  pinnedAt: Date | null
  body: string | null
  /** Its files. */
  detail: Detail | null
  editedSeq: number | null
  editedAt: Date | null
  editedBody: string | null
  editedDetail: Detail | null
  standing: string | null
  /** The newest entry that marks it. */
  lastMark: number | null
  reactions: Reaction[] | null
}

const { 'message.created': created, 'message.edited': edited, 'message.deleted': deleted } = kindNumbers

/** SQL for the replies of a thread that are not deleted; nothing if there are none. */
export const threadCount = (which: string, room = '$1'): string =>
  `select json_build_array(count(*), (extract(epoch from max(reply.at)) * 1000)::bigint)
   from log reply where reply.room_key = ${room} and ${which} and reply.deleted_at is null having count(*) > 0`

/**
 * A message with its latest text, and its reactions in the order of their first use. Pages of history are measured: they stay
 * SQL text, which skips Drizzle's mapping of 15 columns for each message, and aggregates reactions only where there are any.
 * For `max(seq)` without `+ 0` Postgres may read the whole log of the room backwards, in search of a mark.
 */
export const columns = `(select max(seq) from log where room_key = $1) as head, ${ofMessage('$1')}`

/** `room` is SQL for the key of the room. */
export function ofMessage(room: string): string {
  return `${withoutThread()},
  case when log.thread_seq is null then (${threadCount('reply.thread_seq = log.seq', room)}) end as thread`
}

/** To count its thread costs more the longer it is. */
function withoutThread(): string {
  return `log.seq, log.actor_id as "authorId", log.at, log.client_id as "clientId", log.reply_to as "replyTo", log.thread_seq as "threadSeq",
  log.deleted_at as "deletedAt", log.pinned_at as "pinnedAt", log.body, log.detail, log.edited_seq as "editedSeq",
  edited.at as "editedAt", edited.body as "editedBody", edited.detail as "editedDetail",
  case when log.standing is not null then encode(uuid_send(log.standing), 'hex') end as standing,
  (select max(marks.seq + 0) from log marks where marks.room_key = log.room_key and marks.target = log.seq
     and marks.kind in (${markKinds})) as "lastMark",
  case when log.reacted then (
    select json_agg(json_build_object('emoji', emoji, 'count', count, 'mine', mine) order by first) from (
      select emoji, count(*)::int as count, bool_or(user_id = $2) as mine, min(added_seq) as first
      from reactions where reactions.room_key = log.room_key and reactions.seq = log.seq group by emoji
    ) as each
  ) end as reactions`
}

export const newest = `left join log edited on log.edited_seq is not null
  and edited.room_key = log.room_key and edited.seq = log.edited_seq`

/** History begins after the messages that are too old. Asked once for each page. */
export const kept = 'and log.seq > (select expired_seq from rooms where key = $1)'

type Range = { after: number; before: number; limit: number }

const readFrom =
  (order: '' | 'desc') =>
  ({ query }: Sql, room: number, reader: string, { after, before, limit }: Range): Promise<MessageRow[]> =>
    query<MessageRow>(
      `select ${columns} from log ${newest}
       where log.room_key = $1 and log.kind = ${created} and log.seq > $3 and log.seq < $4 ${kept} order by log.seq ${order} limit $5`,
      [room, reader, after, before, limit],
    )

/** The `limit` newest messages with `after < seq < before`, descending. */
export const readMessagesBack = readFrom('desc')

/** The `limit` oldest messages with `after < seq < before`, ascending. */
export const readMessagesOn = readFrom('')

/** The `limit` oldest messages of one author with `after < seq < before`, ascending. */
export async function readMessagesBy(
  { query }: Sql,
  room: number,
  author: string,
  range: Range,
): Promise<MessageRow[]> {
  return query<MessageRow>(
    `select ${columns} from log ${newest}
     where log.room_key = $1 and log.kind = ${created} and log.actor_id = $2 and log.seq > $3 and log.seq < $4
     order by log.seq limit $5`,
    [room, author, range.after, range.before, range.limit],
  )
}

/** The newest messages, descending, and the head of the log, read in one query. */
export async function readRecent(
  { query }: Sql,
  room: number,
  reader: string,
  limit: number,
): Promise<{ head: number; rows: MessageRow[] }> {
  const rows = await query<MessageRow & { top: number; seq: number | null }>(
    `select whole.top, page.* from (
       select coalesce(max(seq), 0)::bigint as top from log where room_key = $1
     ) as whole left join lateral (
       select ${columns} from log ${newest} where log.room_key = $1 and log.kind = ${created} ${kept} order by log.seq desc limit $3
     ) as page on true order by page.seq desc`,
    [room, reader, limit],
  )
  return { head: rows[0]?.top ?? 0, rows: rows.filter(({ seq }) => seq !== null) }
}

/** The `limit` newest pinned messages with `seq < before`, descending. */
export async function readPinned(
  { query }: Sql,
  room: number,
  reader: string,
  range: { before: number; limit: number },
): Promise<MessageRow[]> {
  return query<MessageRow>(
    `select ${columns} from log ${newest}
     where log.room_key = $1 and log.kind = ${created} and log.pinned_at is not null and log.seq < $3
     order by log.seq desc limit $4`,
    [room, reader, range.before, range.limit],
  )
}

export type FoundMessage = Omit<MessageRow, 'head' | 'thread'>

/** What a verb needs of a message to change it or to answer it: not its thread, which would be counted under the lock of the room. */
export async function findMessage({ query }: Sql, room: number, reader: string, seq: number) {
  const [row] = await query<FoundMessage>(
    `select ${withoutThread()} from log ${newest} where log.room_key = $1 and log.kind = ${created} and log.seq = $3`,
    [room, reader, seq],
  )
  return row
}

/** A message as it is shown. */
export async function findShown({ query }: Sql, room: number, reader: string, seq: number) {
  const [row] = await query<MessageRow>(
    `select ${columns} from log ${newest} where log.room_key = $1 and log.kind = ${created} and log.seq = $3`,
    [room, reader, seq],
  )
  return row
}

/** Those of these messages that exist, of whatever rooms. `head` is not read. */
export async function readMessagesAt(
  { query }: Sql,
  reader: string,
  places: { roomKey: number; seq: number }[],
): Promise<(MessageRow & { roomKey: number })[]> {
  return query(
    `select log.room_key as "roomKey", 0 as head, ${ofMessage('log.room_key')}
     from unnest($1::int[], $3::bigint[]) as place (room_key, seq)
     join log on log.room_key = place.room_key and log.seq = place.seq ${newest} where log.kind = ${created}`,
    [places.map(({ roomKey }) => roomKey), reader, places.map(({ seq }) => seq)],
  )
}

export type Marks = {
  lastEdit: number | null
  goneAt: Date | null
  /** Whether it was deleted because of its age. */
  expired: boolean | null
  lastPin: number | null
  /** The link of the message, and that of the entry before it. */
  link: string | null
  before: string | null
}

/** What the entries about these messages say has become of them, each up to the mark that was seen with it. */
export async function readMarks(
  { query }: Sql,
  room: number,
  seen: { seq: number; lastMark: number }[],
): Promise<Map<number, Marks>> {
  const rows = await query<Marks & { seq: number }>(
    `select seen.seq, ${linkText('log')} as link, ${linkText('previous')} as before,
            max(marks.seq) filter (where marks.kind = ${edited}) as "lastEdit",
            min(marks.at) filter (where marks.kind = ${deleted}) as "goneAt",
            bool_or(marks.kind = ${deleted} and marks.detail->>'expired' = 'true') as expired,
            (array_agg(marks.kind order by marks.seq desc) filter (where marks.kind in (${pinKinds})))[1]::int as "lastPin"
     from unnest($2::bigint[], $3::bigint[]) as seen (seq, last)
     join log on log.room_key = $1 and log.seq = seen.seq
     left join log previous on previous.room_key = $1 and previous.seq = seen.seq - 1
     left join log marks on marks.room_key = $1 and marks.kind in (${markKinds}) and marks.target = seen.seq
       and marks.seq <= seen.last
     group by seen.seq, log.link, previous.link`,
    [room, seen.map(({ seq }) => seq), seen.map(({ lastMark }) => lastMark)],
  )
  return new Map(rows.map(({ seq, ...marks }) => [seq, marks]))
}

export type Place = { room: number; seq: number }

const messageAt = (room: number, seq: number) => and(eq(log.roomKey, room), eq(log.seq, seq))

/** The texts of a message in their order: as it was sent, and after each edit. One more than `limit` if the first is among them. */
export async function readVersions(
  { query }: Sql,
  { room, seq }: Place,
  { after = 0, before = Number.MAX_SAFE_INTEGER, limit }: { after?: number; before?: number; limit: number },
): Promise<(Facts & { body: string | null })[]> {
  const facts = `room_key as "roomKey", seq, kind, actor_id as "actorId", at, target, reply_to as "replyTo",
    client_id as "clientId", detail, body`
  // Not one condition with `or`, for which Postgres may read the whole log of the room.
  return query(
    `select ${facts} from log where room_key = $1 and seq = $2 and seq > $3 union all
     (select ${facts} from log where room_key = $1 and target = $2 and kind = ${edited} and seq > $3 and seq < $4
      order by seq limit $5)`,
    [room, seq, after, before, limit],
  )
}

/** Makes an edit the current text of its message. SQL text, like added reactions (which the bench sends): one short statement in a transaction. */
export async function markEdited(
  { query }: Sql,
  { room, seq }: Place,
  editedSeq: number,
  standing: string | null,
): Promise<void> {
  await query(`update log set edited_seq = $3, standing = $4::uuid where room_key = $1 and seq = $2`, [
    room,
    seq,
    editedSeq,
    standing,
  ])
}

/** Replaces a message by a tombstone: removes all versions of its text, its reactions and its pin. */
export async function markDeleted(
  { db }: Sql,
  { room, seq }: Place,
  at: Date,
  standing: string | null,
): Promise<void> {
  await db
    .update(log)
    .set({ deletedAt: at, pinnedAt: null, reacted: false, body: null, editedSeq: null, standing })
    .where(messageAt(room, seq))
  await db
    .update(log)
    .set({ body: null, detail: null })
    .where(and(eq(log.roomKey, room), eq(log.target, seq), eq(log.kind, edited), gt(log.seq, seq)))
  await db.delete(reactions).where(and(eq(reactions.roomKey, room), eq(reactions.seq, seq)))
}

export async function markPinned(
  { db }: Sql,
  { room, seq }: Place,
  at: Date | null,
  standing: string | null,
): Promise<void> {
  await db.update(log).set({ pinnedAt: at, standing }).where(messageAt(room, seq))
}

type ReactionKey = { room: number; seq: number; emoji: string; user: string }

/** False if the user has already added this emoji. */
export async function insertReaction({ query }: Sql, key: ReactionKey, addedSeq: number): Promise<boolean> {
  const added = await query(
    `insert into reactions (room_key, seq, emoji, user_id, added_seq) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning 1`,
    [key.room, key.seq, key.emoji, key.user, addedSeq],
  )
  if (added.length === 0) return false
  await query(`update log set reacted = true where room_key = $1 and seq = $2`, [key.room, key.seq])
  return true
}

/** The people who added each of these emoji after a place in the log, up to `limit` of each, in the order of the log. */
export async function listReactors(
  { query }: Sql,
  { room, seq }: Place,
  { emojis, after, limit }: { emojis: string[]; after: number; limit: number },
): Promise<{ emoji: string; userId: string; addedSeq: number }[]> {
  if (emojis.length === 0) return []
  return query(
    `select asked.emoji, person.user_id as "userId", person.added_seq as "addedSeq"
     from unnest($3::text[]) as asked (emoji) cross join lateral (
       select user_id, added_seq from reactions
       where room_key = $1 and seq = $2 and emoji = asked.emoji and added_seq > $4
       order by added_seq limit $5
     ) as person order by person.added_seq`,
    [room, seq, emojis, after, limit],
  )
}

/** The emoji keeps its place in the order of first use, even if the first user removes theirs. False if there was none. */
export async function deleteReaction({ db }: Sql, key: ReactionKey): Promise<boolean> {
  const { addedSeq, emoji, roomKey, seq, userId } = reactions
  const same = and(eq(roomKey, key.room), eq(seq, key.seq), eq(emoji, key.emoji))
  const [deleted] = await db
    .delete(reactions)
    .where(and(same, eq(userId, key.user)))
    .returning({ addedSeq })
  if (!deleted) return false
  const first = db.select({ userId }).from(reactions).where(same).orderBy(addedSeq).limit(1)
  await db
    .update(reactions)
    .set({ addedSeq: sql`least(${addedSeq}, ${deleted.addedSeq})` })
    .where(and(same, eq(userId, first)))
  return true
}

/**
 * The ids of members with these names, without those who have turned notifications off or blocked the author. Former
 * administrators keep their row in rooms for administrators, so they are excluded.
 */
export async function findMentioned(
  { db }: Sql,
  room: number,
  author: string,
  names: string[],
): Promise<string[]> {
  // One text for any number of names: a username has no comma.
  const mentioned = await mentionedIn({ db }, { room, author, names: names.join() })
  return mentioned.map(({ id }) => id)
}

const mentionedIn = prepared(
  (db, { room, author, names }: Arguments<{ room: number; author: string; names: string }>) => {
    const block = db
      .select()
      .from(blocks)
      .where(and(eq(blocks.userId, users.id), eq(blocks.blockedId, author)))
    return db
      .select({ id: users.id })
      .from(users)
      .innerJoin(members, and(eq(members.userId, users.id), eq(members.roomKey, room)))
      .innerJoin(rooms, eq(rooms.key, members.roomKey))
      .where(
        and(
          eq(users.username, sql`any(string_to_array(${names}, ','))`),
          ne(users.id, author),
          ne(members.notify, 'nothing'),
          or(ne(rooms.access, 'admins'), eq(users.role, 'admin')),
          notExists(block),
        ),
      )
  },
)

type Writer = { roomKey: number; actorId: string }

const textKinds = `${kindNumbers['message.created']}, ${kindNumbers['message.edited']}`
/** Further back than so many entries nobody looks for what somebody wrote last. */
const mostLookedAt = 1000

/**
 * When these people wrote or edited last in these rooms, since slow mode was last changed there, by `<room> <person>`; without those
 * who did not lately.
 */
export async function findLastTexts({ query }: Sql, some: Writer[]): Promise<Map<string, Date>> {
  const rows = await query<Writer & { at: Date }>(
    `select writer.room_key as "roomKey", writer.actor_id as "actorId", last.at
     from unnest($1::int[], $2::uuid[]) as writer (room_key, actor_id)
     cross join lateral (
       select max(at) filter (where actor_id = writer.actor_id and kind in (${textKinds})) as at, max(at) filter (where slows) as slowed_at
       from (
         select actor_id, kind, at, detail -> 'changed' -> 'slow_seconds' is not null as slows
         from log where room_key = writer.room_key order by seq desc limit ${mostLookedAt}
       ) as latest
     ) as last
     where last.at > coalesce(last.slowed_at, '-infinity')`,
    [some.map(({ roomKey }) => roomKey), some.map(({ actorId }) => actorId)],
  )
  return new Map(rows.map(({ roomKey, actorId, at }) => [`${roomKey} ${actorId}`, at]))
}
