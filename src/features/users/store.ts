import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Sql } from '../../storage/storage.ts'
import { members, rooms } from '../../storage/tables/rooms.ts'
import { blocks } from '../../storage/tables/users.ts'

export async function insertBlock({ db }: Sql, user: string, blocked: string): Promise<void> {
  await db.insert(blocks).values({ userId: user, blockedId: blocked }).onConflictDoNothing()
}

export async function deleteBlock({ db }: Sql, user: string, blocked: string): Promise<void> {
  await db.delete(blocks).where(and(eq(blocks.userId, user), eq(blocks.blockedId, blocked)))
}

export async function listBlocked({ db }: Sql, user: string): Promise<string[]> {
  const rows = await db.select({ id: blocks.blockedId }).from(blocks).where(eq(blocks.userId, user))
  return rows.map(({ id }) => id)
}

/** Whom each of these people has blocked. */
export async function listBlocksOf({ db }: Sql, people: string[]) {
  return db
    .select({ userId: blocks.userId, blockedId: blocks.blockedId })
    .from(blocks)
    .where(inArray(blocks.userId, people))
}

/** Whether any of `others` has blocked `user`, or is blocked by them. */
export async function isBlockedAmong({ db }: Sql, user: string, others: string[]): Promise<boolean> {
  const rows = await db
    .select({ by: blocks.userId })
    .from(blocks)
    .where(
      or(
        and(inArray(blocks.userId, others), eq(blocks.blockedId, user)),
        and(eq(blocks.userId, user), inArray(blocks.blockedId, others)),
      ),
    )
    .limit(1)
  return rows.length > 0
}

/** The rooms that a person is in. */
export async function listJoinedRooms({ db }: Sql, user: string): Promise<{ key: number; id: string }[]> {
  return db
    .select({ key: rooms.key, id: rooms.id })
    .from(rooms)
    .innerJoin(members, eq(members.roomKey, rooms.key))
    .where(and(eq(members.userId, user), isNull(rooms.deletedAt)))
}

/** The keys of the direct rooms that both people are in. */
export async function listDirectsOf({ db }: Sql, one: string, other: string): Promise<number[]> {
  const theirs = alias(members, 'theirs')
  const found = await db
    .select({ key: rooms.key })
    .from(rooms)
    .innerJoin(members, and(eq(members.roomKey, rooms.key), eq(members.userId, one)))
    .innerJoin(theirs, and(eq(theirs.roomKey, rooms.key), eq(theirs.userId, other)))
    .where(eq(rooms.access, 'direct'))
  return found.map(({ key }) => key)
}
