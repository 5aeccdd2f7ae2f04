import { and, eq, isNull } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { files } from '../../storage/tables/files.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import { users } from '../../storage/tables/users.ts'
import { lockPersons, removeFile } from '../attachments/store.ts'
import type { RoomRow } from '../rooms/store.ts'

/** Gives a person another picture, or none, and removes the one before. False if there was none and is none. */
export async function replaceOfPerson(sql: Sql, user: string, avatar: string | null): Promise<boolean> {
  await lockPersons(sql, [user])
  const [row] = await sql.db.select({ before: users.avatar }).from(users).where(eq(users.id, user))
  await sql.db.update(users).set({ avatar }).where(eq(users.id, user))
  return removeBefore(sql, row?.before ?? null, avatar)
}

/** The same for a room whose lock this transaction has. */
export async function replaceOfRoom(sql: Sql, room: number, avatar: string | null): Promise<boolean> {
  const [row] = await sql.db.select({ before: rooms.avatar }).from(rooms).where(eq(rooms.key, room))
  await sql.db.update(rooms).set({ avatar }).where(eq(rooms.key, room))
  return removeBefore(sql, row?.before ?? null, avatar)
}

export async function isUploadedBy({ db }: Sql, file: string, user: string): Promise<boolean> {
  return (await db.$count(files, and(eq(files.id, file), eq(files.userId, user)))) > 0
}

async function removeBefore(sql: Sql, before: string | null, now: string | null): Promise<boolean> {
  if (before !== null) await removeFile(sql, before)
  return before !== null || now !== null
}

/** The rooms whose picture this person has uploaded. */
export async function listRoomsWithPictureBy({ db }: Sql, user: string): Promise<RoomRow[]> {
  const rows = await db
    .select({ room: rooms })
    .from(files)
    .innerJoin(rooms, eq(rooms.avatar, files.id))
    .where(and(eq(files.userId, user), eq(files.purpose, 'avatar'), isNull(rooms.deletedAt)))
  return rows.map(({ room }) => room)
}
