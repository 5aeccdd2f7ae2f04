import { and, eq, inArray, sql } from 'drizzle-orm'
import type { QuietHours } from '../../protocol/quiet-hours.ts'
import type { Sql } from '../../storage/storage.ts'
import { everybody } from '../../storage/tables/mentions.ts'
import { pushSubscriptions as subscriptions } from '../../storage/tables/push-subscriptions.ts'
import { sessions } from '../../storage/tables/sessions.ts'
import { kindNumbers } from '../log/entry.ts'

export type Subscription = Pick<typeof subscriptions.$inferSelect, 'id' | 'endpoint' | 'p256dh' | 'auth'>

/** The same endpoint again is the same subscription, with the keys and the session of now. */
export async function putSubscription({ db }: Sql, row: typeof subscriptions.$inferInsert): Promise<string> {
  const { sessionId, p256dh, auth, level, createdAt } = row
  const [put] = await db
    .insert(subscriptions)
    .values(row)
    .onConflictDoUpdate({
      target: subscriptions.endpointHash,
      set: { sessionId, p256dh, auth, level, createdAt },
    })
    .returning({ id: subscriptions.id })
  return put!.id
}

/** Ends the oldest ones of a person, so that not more than `most` are left. */
export async function dropOldest({ query }: Sql, user: string, most: number): Promise<void> {
  await query(
    `delete from push_subscriptions where id in (
       select push_subscriptions.id from push_subscriptions join sessions on sessions.id = session_id
       where sessions.user_id = $1 order by push_subscriptions.created_at desc, push_subscriptions.id desc offset $2)`,
    [user, most],
  )
}

/** False if the person has none with this id. */
export async function deleteSubscription({ db }: Sql, user: string, id: string): Promise<boolean> {
  const own = db.select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, user))
  const deleted = await db
    .delete(subscriptions)
    .where(and(eq(subscriptions.id, id), inArray(subscriptions.sessionId, own)))
    .returning({ id: subscriptions.id })
  return deleted.length === 1
}

export async function removeSubscription({ db }: Sql, id: string): Promise<void> {
  await db.delete(subscriptions).where(eq(subscriptions.id, id))
}

export async function hasSubscriptions({ db }: Sql): Promise<boolean> {
  return (await db.select({ one: sql`1` }).from(subscriptions).limit(1)).length > 0
}

/** Those of these subscriptions whose sessions have not ended. */
export async function findLive({ query }: Sql, ids: string[], now: Date): Promise<Subscription[]> {
  return query<Subscription>(
    `select push_subscriptions.id, endpoint, p256dh, auth from push_subscriptions
     join sessions on sessions.id = session_id and ended_at is null and expires_at > $2
     where push_subscriptions.id = any($1::text[])`,
    [ids, now],
  )
}

export type Place = { roomKey: number; seq: number }

/** A device, and a message that it is to hear of. */
export type Call = Place & { id: string }

export type Called = Subscription &
  Place & {
    userId: string
    room: string
    epoch: string
    title: string
    kind: 'direct' | 'mention' | 'all'
    quietHours: QuietHours | null
  }

/**
 * Who is to hear of a place, by what is true in this moment: the session of the device lives, the person is in the room and has not
 * read the message, is not banned, wants to hear of the room, and has not blocked the author; the message is still there.
 */
const calledBy = (wanted: string, only: { place: string; device: string }): string => `
  with place as materialized (
    select wanted.*, log.actor_id, log.at, rooms.id as room, rooms.epoch, rooms.title, rooms.access,
           row_number() over (partition by wanted.room_key, log.actor_id order by wanted.seq desc) as of_author,
           exists (
             select 1 from mentions where mentions.room_key = wanted.room_key and mentions.seq = wanted.seq
               and mentions.kind <> 'reaction') as means,
           (select array_agg(mentions.user_id) from mentions where mentions.room_key = wanted.room_key
              and mentions.seq = wanted.seq and mentions.kind = 'word') as words
    from ${wanted}
    join log on log.room_key = wanted.room_key and log.seq = wanted.seq
      and log.kind = ${kindNumbers['message.created']} and log.deleted_at is null
    join rooms on rooms.key = wanted.room_key and rooms.deleted_at is null
  ), called as (
    select subscription.id, subscription.endpoint, subscription.p256dh, subscription.auth,
           place.room_key, place.seq, place.room, place.epoch, place.title, members.user_id, users.quiet_hours,
           case when place.access = 'direct' then 'direct' when meant.one is not null then 'mention' else 'all' end as kind
    from place
    join members on members.room_key = place.room_key and members.user_id <> place.actor_id
      and members.read_seq < place.seq and members.notify <> 'nothing'
      and (members.muted_until is null or members.muted_until <= $3::timestamptz)
    join users on users.id = members.user_id and users.deleted_at is null
      and (users.banned_at is null or users.banned_until <= $3::timestamptz)
      and (place.access <> 'admins' or users.role = 'admin')
    join sessions on sessions.user_id = members.user_id and sessions.ended_at is null
      and sessions.expires_at > $3::timestamptz
    join push_subscriptions as subscription on subscription.session_id = sessions.id and ${only.device}
    left join lateral (
      select 1 as one from mentions where place.means
        and mentions.room_key = place.room_key and mentions.seq = place.seq
        and mentions.user_id in (members.user_id, '${everybody}') and mentions.kind <> 'reaction'
      union all
      select 1 from keywords where place.words is not null
        and keywords.user_id = members.user_id and keywords.hash = any(place.words) and keywords.since <= place.at
      limit 1
    ) as meant on true
    where ${only.place} and (place.access = 'direct' or meant.one is not null or (members.notify = 'all' and subscription.level = 'all'))
      and not exists (
        select 1 from blocks where blocks.user_id = members.user_id and blocks.blocked_id = place.actor_id)
  )`

/** The last message of each author says enough, unless an earlier one means somebody. */
const listed = `${calledBy('unnest($1::int[], $2::bigint[]) as wanted (room_key, seq)', {
  place: '(place.means or place.of_author = 1)',
  device: 'true',
})}
  select id, room_key as "roomKey", max(seq) as newest, max(seq) filter (where kind <> 'all') as meant
  from called group by id, room_key order by id, room_key`

const checked = `${calledBy('unnest($1::int[], $2::bigint[], $4::text[]) as wanted (room_key, seq, device)', {
  place: 'true',
  device: 'subscription.id = place.device',
})}
  select id, endpoint, p256dh, auth, room_key as "roomKey", seq, room, epoch, title, user_id as "userId", kind, quiet_hours as "quietHours"
  from called order by id, room_key, seq`

/** All devices that are to hear of these messages. Of each room the newest one, and before it the newest that means the person. */
export async function listCalls({ query }: Sql, places: Place[], now: Date): Promise<Call[]> {
  const rows = await query<{ id: string; roomKey: number; newest: number; meant: number | null }>(listed, [
    places.map(({ roomKey }) => roomKey),
    places.map(({ seq }) => seq),
    now,
  ])
  return rows.flatMap(({ id, roomKey, newest, meant }) => [
    ...(meant !== null && meant !== newest ? [{ id, roomKey, seq: meant }] : []),
    { id, roomKey, seq: newest },
  ])
}

/** Those of these calls that are still right, with what a push needs. */
export async function checkCalls({ query }: Sql, calls: Call[], now: Date): Promise<Called[]> {
  return query<Called>(checked, [
    calls.map(({ roomKey }) => roomKey),
    calls.map(({ seq }) => seq),
    now,
    calls.map(({ id }) => id),
  ])
}
