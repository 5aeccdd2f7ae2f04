import type { Reaction } from '../../protocol/messages.ts'
import type { Sql } from '../../storage/storage.ts'

export type MessageRow = {
  /** The head of the log, read in the same query. */
  head: number
  seq: number
  authorId: string
  at: Date
  clientId: string | null
  replyTo: number | null
  deletedAt: Date | null
  pinnedAt: Date | null
  body: string | null
  editedSeq: number | null
  editedAt: Date | null
  editedBody: string | null
  reactions: Reaction[] | null
}

/** A message with its latest text, and its reactions in the order of their first use. */
const columns = `(select max(seq) from log where room_key = $1) as head, log.seq, log.actor_id as "authorId", log.at, log.client_id as "clientId", log.reply_to as "replyTo",
  log.deleted_at as "deletedAt", log.pinned_at as "pinnedAt", log.body, log.edited_seq as "editedSeq",
  edited.at as "editedAt", edited.body as "editedBody",
  case when log.reacted then (
    select json_agg(json_build_object('emoji', emoji, 'count', count, 'mine', mine) order by first) from (
      select emoji, count(*)::int as count, bool_or(user_id = $2) as mine, min(added_seq) as first
      from reactions where reactions.room_key = log.room_key and reactions.seq = log.seq group by emoji
    ) as each
  ) end as reactions`

const newest = `left join log edited on log.edited_seq is not null
  and edited.room_key = log.room_key and edited.seq = log.edited_seq`

/** The `limit` newest messages with `after < seq < before`, descending. */
export async function readMessagesBack(
  { query }: Sql,
  room: number,
  reader: string,
  range: { after: number; before: number; limit: number },
): Promise<MessageRow[]> {
  return query<MessageRow>(
    `select ${columns} from log ${newest}
     where log.room_key = $1 and log.kind = 1 and log.seq > $3 and log.seq < $4 order by log.seq desc limit $5`,
    [room, reader, range.after, range.before, range.limit],
  )
}

/** The `limit` oldest messages with `after < seq < before`, ascending. */
export async function readMessagesOn(
  { query }: Sql,
  room: number,
  reader: string,
  range: { after: number; before: number; limit: number },
): Promise<MessageRow[]> {
  return query<MessageRow>(
    `select ${columns} from log ${newest}
     where log.room_key = $1 and log.kind = 1 and log.seq > $3 and log.seq < $4 order by log.seq limit $5`,
    [room, reader, range.after, range.before, range.limit],
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
       select ${columns} from log ${newest} where log.room_key = $1 and log.kind = 1 order by log.seq desc limit $3
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
     where log.room_key = $1 and log.kind = 1 and log.pinned_at is not null and log.seq < $3
     order by log.seq desc limit $4`,
    [room, reader, range.before, range.limit],
  )
}

export async function findMessage({ query }: Sql, room: number, reader: string, seq: number) {
  const [row] = await query<MessageRow>(
    `select ${columns} from log ${newest} where log.room_key = $1 and log.kind = 1 and log.seq = $3`,
    [room, reader, seq],
  )
  return row
}

/** Makes an edit the current text of its message. */
export async function markEdited(
  { query }: Sql,
  room: number,
  seq: number,
  editedSeq: number,
): Promise<void> {
  await query(`update log set edited_seq = $3 where room_key = $1 and seq = $2`, [room, seq, editedSeq])
}

/** Replaces a message by a tombstone: removes all versions of its text, its reactions and its pin. */
export async function markDeleted({ query }: Sql, room: number, seq: number, at: Date): Promise<void> {
  await query(
    `update log set deleted_at = $3, pinned_at = null, reacted = false, body = null, edited_seq = null
     where room_key = $1 and seq = $2`,
    [room, seq, at],
  )
  await query(
    `update log set body = null, detail = null where room_key = $1 and target = $2 and kind = 2 and seq > $2`,
    [room, seq],
  )
  await query(`delete from reactions where room_key = $1 and seq = $2`, [room, seq])
}

export async function markPinned({ query }: Sql, room: number, seq: number, at: Date | null): Promise<void> {
  await query(`update log set pinned_at = $3 where room_key = $1 and seq = $2`, [room, seq, at])
}

export type ReactionKey = { room: number; seq: number; emoji: string; user: string }

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

/** The emoji keeps its place in the order of first use, even if the first user removes theirs. False if there was none. */
export async function deleteReaction({ query }: Sql, key: ReactionKey): Promise<boolean> {
  const [deleted] = await query<{ addedSeq: number }>(
    `delete from reactions where room_key = $1 and seq = $2 and emoji = $3 and user_id = $4
     returning added_seq as "addedSeq"`,
    [key.room, key.seq, key.emoji, key.user],
  )
  if (!deleted) return false
  await query(
    `update reactions set added_seq = least(added_seq, $4)
     where room_key = $1 and seq = $2 and emoji = $3 and user_id = (
       select user_id from reactions where room_key = $1 and seq = $2 and emoji = $3 order by added_seq limit 1
     )`,
    [key.room, key.seq, key.emoji, deleted.addedSeq],
  )
  return true
}

/**
 * The ids of members with these names, without those who have turned notifications off or blocked the author. Former
 * administrators keep their row in rooms for administrators, so they are excluded.
 */
export async function findMentioned(
  { query }: Sql,
  room: number,
  author: string,
  names: string[],
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select users.id from users join members on members.user_id = users.id and members.room_key = $1
     join rooms on rooms.key = members.room_key and (rooms.access <> 'admins' or users.role = 'admin')
     where users.username = any($3::text[]) and users.id <> $2 and members.notify <> 'nothing'
       and not exists (select 1 from blocks where blocks.user_id = users.id and blocks.blocked_id = $2)`,
    [room, author, names],
  )
  return rows.map(({ id }) => id)
}
