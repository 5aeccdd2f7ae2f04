import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { members } from '../../storage/tables/rooms.ts'
import { headOf } from '../log/head.ts'
import { unreadAfter } from '../rooms/unread-after.ts'

export async function readMarkOf({ db }: Sql, room: number, user: string): Promise<number | undefined> {
  const [member] = await db
    .select({ readSeq: members.readSeq })
    .from(members)
    .where(and(eq(members.roomKey, room), eq(members.userId, user)))
  return member?.readSeq
}

export type ReadMark = { roomKey: number; userId: string; seq: number }
/** `unread` is counted up to `head`, both as of one moment, and in `mostUnread` events at most. */
export type MovedMark = { roomKey: number; userId: string; readSeq: number; unread: number; head: number }

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
     returning members.room_key as "roomKey", members.user_id as "userId", members.read_seq as "readSeq",
       ${unreadAfter({ room: 'members.room_key', seq: 'members.read_seq', person: 'members.user_id' })} as unread,
       mark.head`,
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
