import type { Sql } from '../../storage/storage.ts'
import { everybody } from '../../storage/tables/mentions.ts'
import { kindNumbers } from '../log/entry.ts'

/**
 * What a person has missed, by what is true in this moment, after $2 and up to $3: messages that name or answer them or have a keyword of theirs, and direct ones. Only in rooms that
 * they are in and have not muted, unread, not deleted, and not by somebody whom they have blocked. What means everybody in a room is looked for
 * behind the read mark only: there is no index by time for it.
 */
const missed = (user: string): string => `
  select mine.key, mine.id, mine.title, mine.access, found.actor_id, found.seq, found.at
  from (
    select rooms.key, rooms.id, rooms.title, rooms.access, members.read_seq, members.joined_at
    from members join rooms on rooms.key = members.room_key and rooms.deleted_at is null
    join users on users.id = members.user_id
    where members.user_id = ${user} and members.notify <> 'nothing'
      and (members.muted_until is null or members.muted_until <= $3::timestamptz)
      and (rooms.access <> 'admins' or users.role = 'admin')
  ) as mine cross join lateral (
    select actor_id, seq, at from mentions where user_id = ${user} and mentions.room_key = mine.key
      and kind in ('name', 'reply') and place > mine.read_seq and at > $2::timestamptz and at <= $3::timestamptz
    union
    select actor_id, seq, at from mentions where user_id = '${everybody}' and mentions.room_key = mine.key
      and seq > mine.read_seq and at >= mine.joined_at and at > $2::timestamptz and at <= $3::timestamptz
    union
    select word.actor_id, word.seq, word.at from keywords cross join lateral (
      select actor_id, seq, at from mentions where mentions.user_id = keywords.hash and mentions.room_key = mine.key
        and kind = 'word' and seq > mine.read_seq and at >= mine.joined_at and at >= keywords.since
        and at > $2::timestamptz and at <= $3::timestamptz offset 0
    ) as word where keywords.user_id = ${user}
    union
    select actor_id, seq, at from log where mine.access = 'direct' and log.room_key = mine.key
      and kind = ${kindNumbers['message.created']} and seq > mine.read_seq and at > $2::timestamptz and at <= $3::timestamptz
  ) as found
  join log on log.room_key = mine.key and log.seq = found.seq
    and log.kind = ${kindNumbers['message.created']} and log.deleted_at is null
  where found.actor_id <> ${user}
    and not exists (select 1 from blocks where blocks.user_id = ${user} and blocks.blocked_id = found.actor_id)`

export type Due = { userId: string; since: Date; language: string | null }

/**
 * People who want such a mail, have no other one waiting, and have missed something for so long. In the order of their ids, after `after`.
 */
export async function listDue(
  { query }: Sql,
  { now, missedBefore, after, limit }: { now: Date; missedBefore: Date; after: string; limit: number },
): Promise<Due[]> {
  return query<Due>(
    `select settings.user_id as "userId", settings.missed_until as since, settings.language
     from mail_settings as settings join users as person on person.id = settings.user_id
     where settings.missed and settings.missed_until < $3::timestamptz and settings.user_id > $4::uuid
       and person.deleted_at is null and person.email is not null and person.email_confirmed_at is not null and not person.bot
       and (person.banned_at is null or person.banned_until <= $1::timestamptz)
       and not exists (select 1 from mails where mails.user_id = settings.user_id and mails.kind = 'missed')
       and exists (${missed('settings.user_id').replaceAll('$2::timestamptz', 'settings.missed_until')})
     order by settings.user_id limit $2`,
    [now, limit, missedBefore, after],
  )
}

/** False if another node has done it, or the person has changed their mind. */
export async function moveUntil({ query }: Sql, { userId, since }: Due, to: Date): Promise<boolean> {
  const moved = await query(
    `update mail_settings set missed_until = $3 where user_id = $1 and missed_until = $2 and missed returning user_id`,
    [userId, since, to],
  )
  return moved.length > 0
}

export type Missed = { room: string; title: string; access: string; authorId: string; count: number }

/** By room and author, the latest first. */
export async function listMissed(
  { query }: Sql,
  user: string,
  { since, until, limit }: { since: Date; until: Date; limit: number },
): Promise<Missed[]> {
  return query<Missed>(
    `select id as room, title, access, actor_id as "authorId", count(distinct seq)::int as count
     from (${missed('$1::uuid')}) as missed group by key, id, title, access, actor_id
     order by max(max(at)) over (partition by key) desc, key, max(at) desc limit $4`,
    [user, since, until, limit],
  )
}
