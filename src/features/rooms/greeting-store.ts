import type { CustomStatus } from '../../protocol/profile.ts'
import type { Sql } from '../../storage/storage.ts'
import { columnList } from '../../storage/tables/columns.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import { erasedDisplayName, erasedName } from '../auth/people.ts'
import { kindNumbers } from '../log/entry.ts'
import { personOf, type RoomListRow, type RoomRow } from './store.ts'
import { meantAfter, mostMentioned, unreadAfter } from './unread-after.ts'

export type JoinedRow = Pick<
  RoomListRow,
  'silencedUntil' | 'notify' | 'mutedUntil' | 'favourite' | 'section'
> & {
  userId: string
  roomKey: number
  role: NonNullable<RoomListRow['role']>
  readSeq: number
  joinedAt: Date
}

/**
 * One value for all rows. A driver decodes each column of each row in JavaScript, which costs a crowd that comes back more than the
 * query does; the engine reads JSON at once. JSON has times as text: those columns are named.
 */
async function queryInJson<Row>(
  { query }: Sql,
  text: string,
  params: unknown[],
  times: (keyof Row)[],
): Promise<Row[]> {
  const [found] = await query<{ rows: Row[] | null }>(
    `select json_agg(found) as rows from (${text}) as found`,
    params,
  )
  const rows = found!.rows ?? []
  for (const row of rows)
    for (const name of times)
      if (row[name] !== null) row[name] = new Date(row[name] as string) as Row[keyof Row]
  return rows
}

/** The memberships of these people, with silences that have not expired. */
export async function listJoined(sql: Sql, people: string[], now: Date): Promise<JoinedRow[]> {
  return queryInJson<JoinedRow>(
    sql,
    `select members.user_id as "userId", members.room_key as "roomKey", members.role, members.read_seq as "readSeq",
            members.notify, members.muted_until as "mutedUntil", members.favourite, members.section,
            members.joined_at as "joinedAt", silences.until as "silencedUntil"
     from members
     left join silences on silences.room_key = members.room_key and silences.user_id = members.user_id
       and silences.until > $2::timestamptz
     where members.user_id = any($1::uuid[])`,
    [people, now],
    ['joinedAt', 'mutedUntil', 'silencedUntil'],
  )
}

/** A room as it is for all of its readers; `people`, `ids`, `names`, `avatars` and `statuses` are those of a direct room, in the same order. */
export type UsedRoom = RoomRow &
  Pick<RoomListRow, 'head' | 'lastAt' | 'people'> & {
    ids: string[] | null
    names: string[] | null
    avatars: (string | null)[] | null
    statuses: (CustomStatus | null)[] | null
  }

/**
 * The rooms with these keys, unless they are deleted: each once, for however many people. The condition on `access` is inside, as a
 * condition of the join all members of every room were read first.
 */
export async function listUsed(sql: Sql, keys: number[]): Promise<UsedRoom[]> {
  return queryInJson<UsedRoom>(
    sql,
    `select ${columnList(rooms)}, coalesce(last.seq, 0)::bigint as head,
            (extract(epoch from coalesce(last.at, rooms.created_at)) * 1000000)::bigint as "lastAt",
            direct.people, direct.ids, direct.names, direct.avatars, direct.statuses
     from rooms
     left join lateral (select seq, at from log where room_key = rooms.key order by seq desc limit 1) as last on true
     left join lateral (
       select array_agg(case when users.deleted_at is null then users.username else '${erasedName}' end
                        order by users.username) as people,
              array_agg(users.id::text order by users.username) as ids,
              array_agg(case when users.deleted_at is null then users.display_name else '${erasedDisplayName}' end
                        order by users.username) as names,
              array_agg(users.avatar order by users.username) as avatars,
              jsonb_agg(users.custom_status order by users.username) as statuses
       from members cross join lateral ${personOf('members')} as users
       where members.room_key = rooms.key and rooms.access = 'direct'
     ) as direct on true
     where rooms.key = any($1::int[]) and rooms.deleted_at is null`,
    [keys],
    ['createdAt', 'archivedAt', 'deletedAt'],
  )
}

export type Part = { roomKey: number; after: number; upTo: number }
type TailRow = { roomKey: number; seq: number; kind: number; actorId: string; target: number | null }

/** The messages and deletions in parts of logs, ascending in each. The subquery keeps each part a scan of the index. */
export async function readTails({ query }: Sql, parts: Part[]): Promise<TailRow[]> {
  return query<TailRow>(
    `select part.room_key as "roomKey", entry.seq, entry.kind, entry.actor_id as "actorId", entry.target
     from unnest($1::int[], $2::bigint[], $3::bigint[]) as part (room_key, after, up_to)
     cross join lateral (
       select seq, kind, actor_id, target from log
       where room_key = part.room_key and seq > part.after and seq <= part.up_to and kind in (${kindNumbers['message.created']}, ${kindNumbers['message.deleted']}) order by seq
     ) as entry`,
    [parts.map(({ roomKey }) => roomKey), parts.map(({ after }) => after), parts.map(({ upTo }) => upTo)],
  )
}

type Messages = { seqs: number[] | null; authors: string[] | null; head: number }

/** The messages in a part of a log that are not deleted, ascending, and the head of the room at the same moment. */
export async function readMessages(sql: Sql, { roomKey, after, upTo }: Part): Promise<Messages> {
  const [messages] = await queryInJson<Messages>(
    sql,
    `select array_agg(seq order by seq) as seqs, array_agg(actor_id order by seq) as authors,
            coalesce((select max(seq) from log where room_key = $1), 0)::bigint as head
     from log where room_key = $1 and seq > $2 and seq <= $3
       and kind = ${kindNumbers['message.created']} and deleted_at is null`,
    [roomKey, after, upTo],
    [],
  )
  return messages!
}

export type Mark = { roomKey: number; userId: string; readSeq: number }

/** For read marks far behind: what is unread after each, and the head of the room at the same moment. */
export async function countUnread(
  { query }: Sql,
  marks: Mark[],
): Promise<{ unread: number; head: number }[]> {
  return query<{ unread: number; head: number }>(
    `select ${unreadAfter({ room: 'mark.room_key', seq: 'mark.read_seq', person: 'mark.user_id' })} as unread,
            coalesce((select max(seq) from log where room_key = mark.room_key), 0)::bigint as head
     from unnest($1::int[], $2::uuid[], $3::bigint[]) with ordinality as mark (room_key, user_id, read_seq, place)
     order by place`,
    [
      marks.map(({ roomKey }) => roomKey),
      marks.map(({ userId }) => userId),
      marks.map(({ readSeq }) => readSeq),
    ],
  )
}

export type MentionsMark = Mark & { head: number; joinedAt: Date }

/**
 * How many messages mean these people after their marks, as of the heads that their unread messages were counted up to. Only of marks
 * after which there are any, by their places among `marks`.
 */
export async function countMentions({ query }: Sql, marks: MentionsMark[]): Promise<Map<number, number>> {
  const reader = {
    room: 'mark.room_key',
    seq: 'mark.read_seq',
    person: 'mark.user_id',
    joinedAt: 'mark.joined_at',
  }
  const { named, worded } = meantAfter(reader, 'and place <= mark.head')
  // One aggregate over all marks: with one for each, the database spent five times as long to begin and end them.
  const rows = await query<{ nth: number; mentions: number }>(
    `with mark as materialized (
       select * from unnest($1::int[], $2::uuid[], $3::bigint[], $4::bigint[], $5::timestamptz[]) with ordinality
         as mark (room_key, user_id, read_seq, head, joined_at, nth)
     )
     select nth, least(count(distinct seq), ${mostMentioned})::int as mentions from (
       select mark.nth, named.seq from mark cross join lateral (${named} limit ${mostMentioned}) as named
       union all
       select mark.nth, worded.seq from mark join keywords on keywords.user_id = mark.user_id
       cross join lateral (${worded} limit ${mostMentioned}) as worded
     ) as meant group by nth`,
    [
      marks.map(({ roomKey }) => roomKey),
      marks.map(({ userId }) => userId),
      marks.map(({ readSeq }) => readSeq),
      marks.map(({ head }) => head),
      marks.map(({ joinedAt }) => joinedAt.toISOString()),
    ],
  )
  return new Map(rows.map(({ nth, mentions }) => [nth - 1, mentions]))
}
