import { everybody } from '../../storage/tables/mentions.ts'
import { kindNumbers } from '../log/entry.ts'

/** Unread messages are counted in this many events after the read mark: `hello` must not read a whole history. */
export const mostUnread = 500
/** And so many mentions. */
export const mostMentioned = 500

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
 * The messages after the read mark that mean the person, by their name or as one of everybody (`named`) and by one of their `keywords`
 * (`worded`), without those of people whom they have blocked and those from before they joined. Each looks into an index: the person's
 * mentions in this room, those of everybody in it, and of a keyword.
 */
export function meantAfter(
  { room, seq, person, joinedAt }: Reader,
  upTo = '',
): Record<'named' | 'worded', string> {
  const counted = `room_key = ${room} and seq > ${seq} and actor_id <> ${person} and at >= ${joinedAt} ${upTo}
       and not exists (select 1 from blocks where user_id = ${person} and blocked_id = actor_id)`
  return {
    named: `select seq from mentions where user_id in (${person}, '${everybody}') and kind in ('name', 'room') and ${counted}`,
    worded: `select seq from mentions where user_id = keywords.hash and kind = 'word' and at >= keywords.since and ${counted}`,
  }
}

/** How many these are. Unlike unread ones they are counted up to the end of the log: an old call must not be lost behind a long talk. */
export function mentionsAfter(reader: Reader): string {
  const { named, worded } = meantAfter(reader)
  return `(select count(distinct seq)::int from (
     ${named}
     union all
     select word.seq from keywords cross join lateral (${worded} offset 0) as word where keywords.user_id = ${reader.person}
     limit ${mostMentioned}
   ) as meant)`
}
