import { and, eq, gt, inArray, isNull, lt, ne, notInArray, sql } from 'drizzle-orm'
import { type Arguments, prepared } from '../../storage/prepared.ts'
import type { Sql } from '../../storage/storage.ts'
import { log } from '../../storage/tables/log.ts'
import { members } from '../../storage/tables/rooms.ts'
import { blocks } from '../../storage/tables/users.ts'
import { kindNumbers } from '../log/entry.ts'
import { headOf } from '../log/head.ts'

export async function readMarkOf({ db }: Sql, room: number, user: string): Promise<number | undefined> {
  const [member] = await db
    .select({ readSeq: members.readSeq })
    .from(members)
    .where(and(eq(members.roomKey, room), eq(members.userId, user)))
  return member?.readSeq
}

/** Moves a read mark forwards; undefined if it is already there or further. */
export async function moveReadMark({ db }: Sql, room: number, user: string, seq: number) {
  const [moved] = await readUpTo({ db }, { room, user, seq })
  return moved
}

const readUpTo = prepared(
  (db, { room, user, seq }: Arguments<{ room: number; user: string; seq: number }>) => {
    const mark = sql`least(${seq}::bigint, ${headOf({ db }, room)})`
    const unread = and(
      eq(log.roomKey, room),
      gt(log.seq, members.readSeq),
      eq(log.kind, kindNumbers['message.created']),
      ne(log.actorId, user),
      isNull(log.deletedAt),
      notInArray(
        log.actorId,
        db.select({ id: blocks.blockedId }).from(blocks).where(eq(blocks.userId, user)),
      ),
    )
    return db
      .update(members)
      .set({ readSeq: mark })
      .where(and(eq(members.roomKey, room), eq(members.userId, user), lt(members.readSeq, mark)))
      .returning({ readSeq: members.readSeq, unread: db.$count(log, unread) })
  },
)

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
