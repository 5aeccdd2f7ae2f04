import { kindNumbers } from '../log/entry.ts'

/** Unread messages are counted in this many events after the read mark: `hello` must not read a whole history. */
export const mostUnread = 500

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
