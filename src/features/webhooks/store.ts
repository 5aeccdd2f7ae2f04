import { and, asc, desc, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import { webhooks } from '../../storage/tables/webhooks.ts'
import { mayModerate } from '../rooms/moderating.ts'
import type { RoomRow } from '../rooms/store.ts'

const creator = { room: webhooks.roomKey, user: webhooks.createdBy }

export type WebhookRow = typeof webhooks.$inferSelect

export async function insertWebhook({ db }: Sql, row: typeof webhooks.$inferInsert): Promise<WebhookRow> {
  const [webhook] = await db.insert(webhooks).values(row).returning()
  return webhook!
}

type AddressedWebhook = WebhookRow & { room: string; roomDeletedAt: Date | null }

/** Finds a webhook by its secret, with its room; also a revoked webhook. */
export async function findWebhook({ db }: Sql, secretHash: string): Promise<AddressedWebhook | undefined> {
  const [webhook] = await db
    .select({ ...getTableColumns(webhooks), room: rooms.id, roomDeletedAt: rooms.deletedAt })
    .from(webhooks)
    .innerJoin(rooms, eq(rooms.key, webhooks.roomKey))
    .where(eq(webhooks.secretHash, secretHash))
  return webhook
}

export type ListedWebhook = WebhookRow & {
  /** Whether the person who made it may still make webhooks in this room. */
  creatorMay: boolean
}

export async function listWebhookRows({ db }: Sql, roomKey: number, now: Date): Promise<ListedWebhook[]> {
  return db
    .select({ ...getTableColumns(webhooks), creatorMay: sql<boolean>`${mayModerate({ db }, creator, now)}` })
    .from(webhooks)
    .where(and(eq(webhooks.roomKey, roomKey), isNull(webhooks.revokedAt)))
    .orderBy(desc(webhooks.createdAt), asc(webhooks.id))
}

/** The active webhooks that a user created, each with its room. */
export async function listWebhooksBy({ db }: Sql, user: string): Promise<(WebhookRow & { room: RoomRow })[]> {
  return db
    .select({ ...getTableColumns(webhooks), room: rooms })
    .from(webhooks)
    .innerJoin(rooms, and(eq(rooms.key, webhooks.roomKey), isNull(rooms.deletedAt)))
    .where(and(eq(webhooks.createdBy, user), isNull(webhooks.revokedAt)))
}

/** False if it was already revoked. */
export async function revokeWebhookRow({ db }: Sql, id: string, now: Date): Promise<boolean> {
  const revoked = await db
    .update(webhooks)
    .set({ revokedAt: now })
    .where(and(eq(webhooks.id, id), isNull(webhooks.revokedAt)))
    .returning({ id: webhooks.id })
  return revoked.length === 1
}
