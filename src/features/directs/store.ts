import { eq } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { rooms } from '../../storage/tables/rooms.ts'

export async function findDirect({ db }: Sql, directKey: string): Promise<string | undefined> {
  const [room] = await db.select({ id: rooms.id }).from(rooms).where(eq(rooms.directKey, directKey))
  return room?.id
}
