import { and, asc, desc, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { invites, rooms } from '../../storage/tables/rooms.ts'
import { canBeUsed } from '../auth/store.ts'

export type InviteRow = typeof invites.$inferSelect
export type OfferedInvite = InviteRow & { room: string; access: string; title: string; description: string }

export async function insertInvite({ db }: Sql, row: typeof invites.$inferInsert): Promise<InviteRow> {
  const [invite] = await db.insert(invites).values(row).returning()
  return invite!
}

/** An invite that can still be used, with its room. */
export async function findInvite(
  { db }: Sql,
  codeHash: string,
  now: Date,
): Promise<OfferedInvite | undefined> {
  const { title, description, access } = rooms
  const [invite] = await db
    .select({ ...getTableColumns(invites), room: rooms.id, access, title, description })
    .from(invites)
    .innerJoin(rooms, and(eq(rooms.key, invites.roomKey), isNull(rooms.deletedAt)))
    .where(and(eq(invites.codeHash, codeHash), canBeUsed({ db }, now)))
  return invite
}

/** Counts one use; false if no use was left. */
export async function useInvite({ db }: Sql, id: string, now: Date): Promise<boolean> {
  const used = await db
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(and(eq(invites.id, id), canBeUsed({ db }, now)))
    .returning({ id: invites.id })
  return used.length === 1
}

export async function listInvites({ db }: Sql, roomKey: number, now: Date): Promise<InviteRow[]> {
  return db
    .select()
    .from(invites)
    .where(and(eq(invites.roomKey, roomKey), canBeUsed({ db }, now)))
    .orderBy(desc(invites.createdAt), asc(invites.id))
    .limit(100)
}

export async function revokeInviteRow({ db }: Sql, roomKey: number, id: string, now: Date): Promise<boolean> {
  const revoked = await db
    .update(invites)
    .set({ revokedAt: now })
    .where(and(eq(invites.roomKey, roomKey), eq(invites.id, id), isNull(invites.revokedAt)))
    .returning({ id: invites.id })
  return revoked.length === 1
}
