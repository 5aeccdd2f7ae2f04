import { and, eq, isNull, ne } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Sql } from '../../storage/storage.ts'
import { members, rooms } from '../../storage/tables/rooms.ts'

export async function findDirect({ db }: Sql, directKey: string): Promise<string | undefined> {
  const [room] = await db.select({ id: rooms.id }).from(rooms).where(eq(rooms.directKey, directKey))
  return room?.id
}

/** Whether two people are together in a room that is not a direct one. */
export async function sharesRoom({ db }: Sql, one: string, other: string): Promise<boolean> {
  const theirs = alias(members, 'theirs')
  const shared = await db
    .select({ key: rooms.key })
    .from(members)
    .innerJoin(theirs, and(eq(theirs.roomKey, members.roomKey), eq(theirs.userId, other)))
    .innerJoin(rooms, eq(rooms.key, members.roomKey))
    .where(and(eq(members.userId, one), ne(rooms.access, 'direct'), isNull(rooms.deletedAt)))
    .limit(1)
  return shared.length > 0
}
