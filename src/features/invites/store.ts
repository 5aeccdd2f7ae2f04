import { and, asc, desc, eq, exists, getTableColumns, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { invites, rooms } from '../../storage/tables/rooms.ts'
import { mayModerate } from '../rooms/moderating.ts'

const creator = { room: invites.roomKey, user: invites.createdBy }

export type InviteRow = typeof invites.$inferSelect & {
  /** Whether its creator may still invite people to this room. */
  creatorMay: boolean
}
export type OfferedInvite = InviteRow & { room: string; title: string; description: string; usable: boolean }

export async function insertInvite({ db }: Sql, row: typeof invites.$inferInsert): Promise<InviteRow> {
  const [invite] = await db.insert(invites).values(row).returning()
  return { ...invite!, creatorMay: true }
}

/** An invite by its code, whether it can still be used or not, with its room. */
export async function findInvite(
  { db }: Sql,
  codeHash: string,
  now: Date,
): Promise<OfferedInvite | undefined> {
  const { title, description } = rooms
  const [invite] = await db
    .select({
      ...getTableColumns(invites),
      ...{ room: rooms.id, title, description },
      creatorMay: sql<boolean>`${mayModerate({ db }, creator, now)}`,
      usable: sql<boolean>`${and(isOpen(now), mayModerate({ db }, creator, now))}`,
    })
    .from(invites)
    .innerJoin(rooms, and(eq(rooms.key, invites.roomKey), isNull(rooms.deletedAt)))
    .where(eq(invites.codeHash, codeHash))
  return invite
}

/** Counts one use; false if no use was left, or nobody can join the room any more. */
export async function useInvite({ db }: Sql, id: string, now: Date): Promise<boolean> {
  const room = db
    .select({ key: rooms.key })
    .from(rooms)
    .where(and(eq(rooms.key, invites.roomKey), isNull(rooms.deletedAt), isNull(rooms.archivedAt)))
  const used = await db
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(and(eq(invites.id, id), isOpen(now), mayModerate({ db }, creator, now), exists(room)))
    .returning({ id: invites.id })
  return used.length === 1
}

/** The open ones, including those whose creator lost the right to invite: somebody may want to revoke them. */
export async function listInvites({ db }: Sql, roomKey: number, now: Date): Promise<InviteRow[]> {
  return db
    .select({ ...getTableColumns(invites), creatorMay: sql<boolean>`${mayModerate({ db }, creator, now)}` })
    .from(invites)
    .where(and(eq(invites.roomKey, roomKey), isOpen(now)))
    .orderBy(desc(invites.createdAt), asc(invites.id))
    .limit(100)
}

/** Not revoked, expired or used up. */
const isOpen = (now: Date) =>
  and(
    isNull(invites.revokedAt),
    gt(invites.expiresAt, now),
    or(isNull(invites.mostUses), lt(invites.uses, invites.mostUses)),
  )

export async function revokeInviteRow({ db }: Sql, roomKey: number, id: string, now: Date): Promise<boolean> {
  const revoked = await db
    .update(invites)
    .set({ revokedAt: now })
    .where(and(eq(invites.roomKey, roomKey), eq(invites.id, id), isNull(invites.revokedAt)))
    .returning({ id: invites.id })
  return revoked.length === 1
}
