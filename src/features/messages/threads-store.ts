import type { Sql } from '../../storage/storage.ts'
import { kindNumbers } from '../log/entry.ts'
import { storeFollows } from '../log/following.ts'
import { columns, kept, type MessageRow, newest, threadCount } from './store.ts'

const created = kindNumbers['message.created']

/** What a thread is without one of its replies. */
export async function countWithout(
  { query }: Sql,
  room: number,
  thread: number,
  without: number,
): Promise<{ replies: number; last_at?: string }> {
  const [row] = await query<{ counted: MessageRow['thread'] }>(
    `select (${threadCount('reply.thread_seq = $2 and reply.seq <> $3')}) as counted`,
    [room, thread, without],
  )
  if (!row?.counted) return { replies: 0 }
  const [replies, last] = row.counted
  return { replies, last_at: new Date(last).toISOString() }
}

/** For each of these replies the message that `reply_to` leads to in the end. A seq only leads to a lower one, so it does end. */
const rootsOf = (replies: string): string =>
  `with recursive way as (
     select room_key, seq, reply_to as at from (${replies}) as reply
     union all
     select way.room_key, way.seq, coalesce(log.thread_seq, log.reply_to)
     from way join log on log.room_key = way.room_key and log.seq = way.at
     where coalesce(log.thread_seq, log.reply_to) < way.at
   ), root as (select room_key, seq, min(at) as thread from way group by room_key, seq)`

const rootOf = rootsOf('select room_key, seq, reply_to from log where room_key = $1 and seq = $2')

/** Where a reply leads that has no thread yet. */
export async function findRoot({ query }: Sql, room: number, reply: number): Promise<number> {
  const [row] = await query<{ thread: number }>(`${rootOf} select thread from root`, [room, reply])
  return row?.thread ?? reply
}

/** Nobody. Whom a reply from before there were threads has named is known only after reading all of them. */
const nobodyMeant = `(select null::uuid as user_id, 0 as room_key, 0::bigint as place, '' as kind where false)`

const fill = `${rootsOf(
  `select room_key, seq, reply_to from log where reply_to is not null and thread_seq is null
   order by room_key, seq limit $1`,
)}, filled as (
  update log set thread_seq = root.thread from root
  where log.room_key = root.room_key and log.seq = root.seq and log.thread_seq is null
  returning log.room_key, log.seq, log.actor_id, log.thread_seq
), following as (${storeFollows('filled', nobodyMeant)})
select count(*)::int as count from filled`

/** Gives up to `limit` replies from before there were threads their thread, and these threads their followers. Returns how many. */
export async function fillThreads({ query }: Sql, limit: number): Promise<number> {
  const [filled] = await query<{ count: number }>(fill, [limit])
  return filled!.count
}

export type Range = { after: number; before: number; limit: number; forwards: boolean }

/**
 * A message and the replies of its thread with `after < seq < before`: the newest, descending, or with `forwards` the oldest,
 * ascending. One statement, so that the message counts the replies of the same moment.
 */
export async function readThread(
  { query }: Sql,
  room: number,
  reader: string,
  thread: number,
  { after, before, limit, forwards }: Range,
): Promise<{ root: MessageRow | undefined; replies: MessageRow[] }> {
  const rows = await query<MessageRow>(
    `select ${columns} from log ${newest} where log.room_key = $1 and log.kind = ${created} and log.seq = $3
     union all (
       select ${columns} from log ${newest}
       where log.room_key = $1 and log.thread_seq = $3 and log.seq > $4 and log.seq < $5 ${kept}
       order by log.seq ${forwards ? '' : 'desc'} limit $6
     )`,
    [room, reader, thread, after, before, limit],
  )
  return { root: rows.find(({ seq }) => seq === thread), replies: rows.filter(({ seq }) => seq !== thread) }
}
