import { everybody } from '../../storage/tables/mentions.ts'
import { kindNumbers } from '../log/entry.ts'

/** Unread messages are counted in this many events after the read mark: `hello` must not read a whole history. */
export const mostUnread = 500
/** And so many mentions. */
const mostMentioned = 500

/**
 * The rule in SQL, as `unreadOf` has it for logs in memory: messages of others, without deleted ones and those of people whom the
 * person has blocked. The parts are SQL. A subquery that stops early: its plan is measured.
 */
export const unreadAfter = ({ room, seq, person }: { room: string; seq: string; person: string }): string =>
  `(select count(*)::int from (
     select kind, actor_id, deleted_at from log where room_key = ${room} and seq > ${seq}
     order by room_key, seq limit ${mostUnread}
   ) as later where kind = ${kindNumbers['message.created']} and actor_id <> ${person} and deleted_at is null
     and not exists (select 1 from blocks where user_id = ${person} and blocked_id = actor_id))`

type Reader = { room: string; seq: string; person: string; joinedAt: string }

/**
 * How many messages after the read mark mean the person, by their name, as one of everybody or by a keyword, without those of people whom
 * they have blocked, and of before they joined. Looks into an index: the person's mentions in this room, those of everybody in it, and of
 * each of their keywords.
 * Unlike unread ones they are counted up to the end of the log: an old call must not be lost behind a long talk.
 */
export const mentionsAfter = (reader: Reader, upTo = ''): string => {
  const { room, seq, person, joinedAt } = reader
  const counted = `room_key = ${room} and seq > ${seq} and actor_id <> ${person} and at >= ${joinedAt} ${upTo}
       and not exists (select 1 from blocks where user_id = ${person} and blocked_id = actor_id)`
  return `(select count(distinct seq)::int from (
     select seq from mentions where user_id in (${person}, '${everybody}') and kind in ('name', 'room') and ${counted}
     union all
     select word.seq from keywords cross join lateral (
       select seq from mentions where user_id = keywords.hash and kind = 'word' and at >= keywords.since and ${counted} offset 0
     ) as word where keywords.user_id = ${person}
     limit ${mostMentioned}
   ) as meant)`
}
