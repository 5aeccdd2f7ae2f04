/*
 * A reply is stored together with who follows its thread from now on, by the same statement, so that a list of threads is never
 * behind the log.
 */

/**
 * SQL that goes on after `entries`, which has the columns room_key, seq, actor_id and thread_seq of entries, and `meaning`, which has
 * whom they mean. The author of a reply has read the thread up to it, and follows it also if they had stopped; the author of its first
 * message and those whom a reply names follow it unless they have stopped.
 */
export const storeFollows = (entries: string, meaning: string): string =>
  `insert into thread_follows (user_id, room_key, seq, read_seq)
   select follower.user_id, follower.room_key, follower.thread_seq, max(follower.read_seq) from (
     select actor_id as user_id, room_key, thread_seq, seq as read_seq from ${entries} where thread_seq is not null
     union all
     select opening.actor_id, opening.room_key, opening.seq, opening.seq from ${entries} as entry
     join log as opening on opening.room_key = entry.room_key and opening.seq = entry.thread_seq
     union all
     select meant.user_id, entry.room_key, entry.thread_seq, entry.thread_seq from ${entries} as entry
     join ${meaning} as meant on meant.room_key = entry.room_key and meant.place = entry.seq and meant.kind = 'name'
     where entry.thread_seq is not null
   ) as follower
   join users on users.id = follower.user_id and users.deleted_at is null
   group by follower.user_id, follower.room_key, follower.thread_seq order by 2, 3, 1
   on conflict (room_key, seq, user_id) do update
     set following = true, read_seq = greatest(thread_follows.read_seq, excluded.read_seq)
     where excluded.read_seq > excluded.seq`

/** The columns of those whom messages mean that `storeFollows` needs. */
export const meaningColumns = 'returning user_id, room_key, place, kind'
