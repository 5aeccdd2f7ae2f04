import type { Sql } from '../../storage/storage.ts'
import { kindNumbers, reactionKinds } from '../log/entry.ts'

/*
 * Reactions have a table of their own, because a page of history counts them. What they are is in the log: the last entry
 * of a person about an emoji of a message says whether it is there, and the deletion of the message takes all of them.
 */

const mostFound = 1000

/** The messages of these rooms whose reactions are not those of the log, the first 1,000. */
export async function listWrongReactions(
  { query }: Sql,
  { from, to }: { from: number; to: number },
): Promise<{ room: string; seq: number }[]> {
  return query(
    `with said as (
       select distinct on (room_key, target, emoji, actor_id) room_key, target as seq, emoji, actor_id as user_id, kind
       from (
         select room_key, seq as said, target, detail->>'emoji' as emoji, actor_id, kind from log
         where room_key between $1 and $2 and kind in (${reactionKinds})
       ) as entry order by room_key, target, emoji, actor_id, said desc
     ), due as (
       select said.* from said join log on log.room_key = said.room_key and log.seq = said.seq
       where said.kind = ${kindNumbers['reaction.added']} and log.deleted_at is null
     ), there as (
       select reactions.room_key, reactions.seq, emoji, user_id, coalesce(reacted, false) as reacted
       from reactions left join log on log.room_key = reactions.room_key and log.seq = reactions.seq
       where reactions.room_key between $1 and $2
     )
     select distinct rooms.id as room, coalesce(due.seq, there.seq) as seq
     from due full join there on there.room_key = due.room_key and there.seq = due.seq and there.emoji = due.emoji
       and there.user_id = due.user_id
     join rooms on rooms.key = coalesce(due.room_key, there.room_key) and rooms.deleted_at is null
     where due.seq is null or there.seq is null or not there.reacted
     limit $3`,
    [from, to, mostFound],
  )
}
