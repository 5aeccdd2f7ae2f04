import type { Sql } from '../../storage/storage.ts'

/*
 * The thread of a reply is not part of its link, because replies from before there were threads get theirs later. It follows from `reply_to`,
 * which is.
 */

const mostFound = 1000

/** The messages of these rooms whose thread is not that of the message they reply to, the first 1,000. */
export async function listWrongThreads(
  { query }: Sql,
  { from, to }: { from: number; to: number },
): Promise<{ room: string; seq: number }[]> {
  return query(
    `select rooms.id as room, log.seq from log
     join rooms on rooms.key = log.room_key and rooms.deleted_at is null
     left join log about on about.room_key = log.room_key and about.seq = log.reply_to
     where log.room_key between $1 and $2 and log.thread_seq is not null
       and (about.reply_to is null or about.thread_seq is not null)
       and log.thread_seq is distinct from coalesce(about.thread_seq, log.reply_to)
     order by log.room_key, log.seq limit $3`,
    [from, to, mostFound],
  )
}
