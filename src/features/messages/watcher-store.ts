import type { Sql } from '../../storage/storage.ts'
import { everybody } from '../../storage/tables/mentions.ts'

/** More people who have the same word get no event; it is counted for them. */
const mostWatchers = 500

/**
 * `words`: their hashes. `at`: when they came to be in the message, if that was not now: who has set a keyword later is not meant by it.
 * `called`: usernames and words of people who have heard of the message already.
 */
export type Watched = {
  room: number
  author: string
  words: readonly string[]
  at?: Date
  called?: { names: readonly string[]; words: readonly string[] }
}

/**
 * The people in a room who have one of these words as a keyword and want to hear of it. Each part is a look into an index, from the words on:
 * without statistics of a new table the planner walked over all members of the room, which took 140 ms with 10,000 of them.
 */
export async function findWatchers(
  { query }: Sql,
  { room, author, words, at, called = { names: [], words: [] } }: Watched,
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `with watcher as materialized (
       select distinct user_id from keywords where hash = any($2::uuid[]) and user_id <> $3::uuid and since <= coalesce($6::timestamptz, 'infinity')
     )
     select watcher.user_id as id from watcher
     cross join lateral (
       select 1 from members where room_key = $1 and user_id = watcher.user_id and notify <> 'nothing' offset 0
     ) as member
     cross join lateral (
       select 1 from users where id = watcher.user_id and username <> all($4::text[])
         and (role = 'admin' or (select access from rooms where key = $1) <> 'admins') offset 0
     ) as person
     left join lateral (
       select 1 as one from blocks where user_id = watcher.user_id and blocked_id = $3::uuid limit 1
     ) as block on true
     left join lateral (
       select 1 as one from keywords where user_id = watcher.user_id and hash = any($5::uuid[]) limit 1
     ) as other on true
     where block.one is null and other.one is null
     limit ${mostWatchers}`,
    [room, words, author, called.names, called.words, at ?? null],
  )
  return rows.map(({ id }) => id)
}

/** Those of these people whom a message means, by their name, as one of everybody, or by a keyword. */
export async function findMeant(
  { query }: Sql,
  { room, seq }: { room: number; seq: number },
  people: string[],
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select person.id from unnest($3::uuid[]) as person (id) where exists (
       select 1 from mentions where room_key = $1 and seq = $2 and (
         mentions.user_id in (person.id, '${everybody}') and kind in ('name', 'room')
         or kind = 'word' and mentions.user_id in (
           select hash from keywords where keywords.user_id = person.id and keywords.since <= mentions.at)))`,
    [room, seq, people],
  )
  return rows.map(({ id }) => id)
}
