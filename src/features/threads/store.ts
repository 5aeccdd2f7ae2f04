import type { Sql } from '../../storage/storage.ts'
import type { ThreadPlace } from '../messages/follow-store.ts'
import type { Newest } from '../page.ts'

/** As in a room: nobody counts more. */
const mostUnread = 500

export type FollowRow = {
  roomKey: number
  /** The id of the room. */
  room: string
  /** The message that the thread begins with. */
  seq: number
  readSeq: number
  /** The last reply, and its time. */
  place: number
  at: Date
  unread: number
}

type Reader = { id: string; admin: boolean }

/** SQL for the replies of a thread that its reader, `$1`, has not read. `thread` has room_key, seq and read_seq. */
const unreadIn = (thread: string): string =>
  `select 1 from log reply where reply.room_key = ${thread}.room_key and reply.thread_seq = ${thread}.seq
     and reply.seq > ${thread}.read_seq and reply.deleted_at is null and reply.actor_id <> $1::uuid
     and not exists (select 1 from blocks where user_id = $1::uuid and blocked_id = reply.actor_id)`

const countUnread = (thread: string): string =>
  `(select count(*) from (${unreadIn(thread)} limit ${mostUnread}) as counted)::int`

/** The threads that the reader follows, in rooms that they are in, with replies by people whom they have not blocked. */
const followed = `mine as materialized (
    select key, id, read_seq, expired_seq from members join rooms on rooms.key = members.room_key
    where members.user_id = $1::uuid and rooms.deleted_at is null and (rooms.access <> 'admins' or $2::bool)
  ), followed as (
    select follows.room_key, mine.id as room, follows.seq, greatest(follows.read_seq, mine.read_seq) as read_seq,
           last.seq as last_seq, last.at
    from thread_follows as follows join mine on mine.key = follows.room_key
    cross join lateral (
      select seq, at from log where log.room_key = follows.room_key and log.thread_seq = follows.seq
        and log.deleted_at is null and log.seq > mine.expired_seq
        and not exists (select 1 from blocks where user_id = $1::uuid and blocked_id = log.actor_id)
      order by seq desc limit 1
    ) as last
    where follows.user_id = $1::uuid and follows.following
  )`

const order = 'order by at desc, room_key desc, last_seq desc'

/** A page of followed threads. Each that a person follows is looked at: they are hundreds, not more. */
export async function listFollowRows(
  { query }: Sql,
  reader: Reader,
  { before, limit }: { before?: Newest; limit: number },
): Promise<FollowRow[]> {
  return query<FollowRow>(
    `with ${followed}, page as (
       select * from followed
       where $4::timestamptz is null or (at, room_key, last_seq) < ($4::timestamptz, $5::int, $6::bigint)
       ${order} limit $3
     )
     select room_key as "roomKey", room, seq, read_seq as "readSeq", last_seq as place, at, ${countUnread('page')} as unread
     from page ${order}`,
    [
      ...[reader.id, reader.admin, limit],
      ...[before ? new Date(before.at) : null, before?.roomKey ?? null, before?.place ?? null],
    ],
  )
}

/** How many of them have unread replies. */
export async function countUnreadThreads({ query }: Sql, reader: Reader): Promise<number> {
  const [row] = await query<{ count: number }>(
    `with ${followed} select count(*)::int as count from followed where exists (${unreadIn('followed')})`,
    [reader.id, reader.admin],
  )
  return row!.count
}

/** Every thread that a person follows or has stopped following, as it is stored. */
export async function listFollowsOf(
  { query }: Sql,
  user: string,
): Promise<{ room: string; seq: number; read_seq: number; following: boolean }[]> {
  return query(
    `select rooms.id as room, follows.seq, follows.read_seq, follows.following
     from thread_follows as follows join rooms on rooms.key = follows.room_key
     where follows.user_id = $1 and rooms.deleted_at is null order by rooms.id, follows.seq`,
    [user],
  )
}

export async function putFollow(
  { query }: Sql,
  { room, seq }: ThreadPlace,
  user: string,
  following: boolean,
): Promise<void> {
  await query(
    `insert into thread_follows (room_key, seq, user_id, following) values ($1, $2, $3, $4)
     on conflict (room_key, seq, user_id) do update set following = $4`,
    [room, seq, user, following],
  )
}

/** False if they have read the thread further, or have never followed it. */
export async function moveThreadMark(
  { query }: Sql,
  { room, seq }: ThreadPlace,
  user: string,
  readSeq: number,
): Promise<boolean> {
  const moved = await query(
    `update thread_follows set read_seq = mark.seq
     from (select least($4::bigint, coalesce((select max(seq) from log where room_key = $1), 0)) as seq) as mark
     where room_key = $1 and thread_follows.seq = $2 and user_id = $3 and read_seq < mark.seq
     returning 1`,
    [room, seq, user, readSeq],
  )
  return moved.length === 1
}

export type Mark = { following: boolean; readSeq: number; unread: number }

/** How a member stands to a thread. */
export async function findMark({ query }: Sql, { room, seq }: ThreadPlace, user: string): Promise<Mark> {
  const [mark] = await query<Mark>(
    `with thread as (
       select members.room_key, $3::bigint as seq, coalesce(follows.following, false) as following,
              greatest(members.read_seq, coalesce(follows.read_seq, 0)) as read_seq
       from members left join thread_follows as follows
         on follows.room_key = members.room_key and follows.seq = $3 and follows.user_id = members.user_id
       where members.room_key = $2 and members.user_id = $1::uuid
     ) select following, read_seq as "readSeq", ${countUnread('thread')} as unread from thread`,
    [user, room, seq],
  )
  return mark ?? { following: false, readSeq: 0, unread: 0 }
}
