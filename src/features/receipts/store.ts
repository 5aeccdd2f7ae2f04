import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { members } from '../../storage/tables/rooms.ts'
import { headOf } from '../log/head.ts'
import { mentionsAfter, unreadAfter } from '../rooms/unread-after.ts'

export type ReadMark = { roomKey: number; userId: string; seq: number }
/** `unread` and `mentions` are counted up to `head`, all as of one moment. */
export type MovedMark = {
  roomKey: number
  userId: string
  readSeq: number
  unread: number
  mentions: number
  head: number
}

const reader = { room: 'members.room_key', seq: 'members.read_seq', person: 'members.user_id' }

const counts = `members.room_key as "roomKey", members.user_id as "userId", members.read_seq as "readSeq",
  ${unreadAfter(reader)} as unread, ${mentionsAfter({ ...reader, joinedAt: 'members.joined_at' })} as mentions`

export async function readMarkOf({ query }: Sql, room: number, user: string): Promise<MovedMark | undefined> {
  const [mark] = await query<MovedMark>(
    `select ${counts}, coalesce((select max(seq) from log where room_key = $1), 0)::bigint as head
     from members where room_key = $1 and user_id = $2`,
    [room, user],
  )
  return mark
}

/** Moves a read mark to any place, but not behind the end of the log. The furthest one stays as what others see. */
export async function putReadMark({ query }: Sql, { roomKey, userId, seq }: ReadMark): Promise<void> {
  await query(
    `update members set seen_seq = greatest(seen_seq, read_seq),
       read_seq = least($3, coalesce((select max(seq) from log where room_key = $1), 0))
     where room_key = $1 and user_id = $2`,
    [roomKey, userId, seq],
  )
}

/** Moves read marks forwards, one for each room and person; returns those that were not already there or further. */
export async function moveReadMarks({ query }: Sql, marks: ReadMark[]): Promise<MovedMark[]> {
  return query<MovedMark>(
    `update members set read_seq = least(mark.seq, mark.head)
     from (
       select asked.*, coalesce((select max(seq) from log where room_key = asked.room_key), 0) as head
       from unnest($1::int[], $2::uuid[], $3::bigint[]) as asked (room_key, user_id, seq)
     ) as mark
     where members.room_key = mark.room_key and members.user_id = mark.user_id
       and members.read_seq < least(mark.seq, mark.head)
     returning ${counts}, mark.head`,
    [marks.map(({ roomKey }) => roomKey), marks.map(({ userId }) => userId), marks.map(({ seq }) => seq)],
  )
}

/** Moves the delivered marks of these members to the head; returns those that moved. */
export async function moveDeliveredMarks({ db }: Sql, room: number, people: string[]) {
  const head = sql`${headOf({ db }, room)}`
  const { userId, deliveredSeq, readSeq } = members
  return db
    .update(members)
    .set({ deliveredSeq: head })
    .where(and(eq(members.roomKey, room), inArray(userId, people), lt(deliveredSeq, head)))
    .returning({ userId, deliveredSeq, readSeq })
}
