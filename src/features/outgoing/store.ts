import { and, asc, count, eq, getTableColumns, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { outgoingWebhooks as webhooks } from '../../storage/tables/outgoing-webhooks.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import { headOf } from '../log/head.ts'

export type WebhookRow = typeof webhooks.$inferSelect

export async function insertWebhook({ db }: Sql, row: typeof webhooks.$inferInsert): Promise<WebhookRow> {
  const [webhook] = await db.insert(webhooks).values(row).returning()
  return webhook!
}

export type ListedWebhook = WebhookRow & { head: number }

export async function listWebhookRows({ db }: Sql, roomKey: number): Promise<ListedWebhook[]> {
  return db
    .select({ ...getTableColumns(webhooks), head: sql`${headOf({ db }, roomKey)}`.mapWith(Number) })
    .from(webhooks)
    .where(eq(webhooks.roomKey, roomKey))
    .orderBy(asc(webhooks.createdAt), asc(webhooks.id))
}

export async function countWebhooksBy({ db }: Sql, person: string): Promise<number> {
  const [row] = await db.select({ count: count() }).from(webhooks).where(eq(webhooks.createdBy, person))
  return row!.count
}

export async function updateWebhook(
  { db }: Sql,
  roomKey: number,
  id: string,
  change: Partial<typeof webhooks.$inferInsert>,
): Promise<void> {
  await db
    .update(webhooks)
    .set(change)
    .where(and(eq(webhooks.roomKey, roomKey), eq(webhooks.id, id)))
}

/** False if there is none. */
export async function deleteWebhook({ db }: Sql, roomKey: number, id: string): Promise<boolean> {
  const deleted = await db
    .delete(webhooks)
    .where(and(eq(webhooks.roomKey, roomKey), eq(webhooks.id, id)))
    .returning({ id: webhooks.id })
  return deleted.length === 1
}

export async function listSealed({ db }: Sql): Promise<{ id: string; sealed: string }[]> {
  return db.select({ id: webhooks.id, sealed: webhooks.sealed }).from(webhooks)
}

/** Unless somebody has changed it meanwhile. */
export async function exchangeSealed({ db }: Sql, id: string, from: string, to: string): Promise<void> {
  await db
    .update(webhooks)
    .set({ sealed: to })
    .where(and(eq(webhooks.id, id), eq(webhooks.sealed, from)))
}

/** A webhook that is not paused, and when it may be tried. */
export type Waiting = Pick<WebhookRow, 'id' | 'roomKey' | 'createdBy' | 'nextTryAt'> & { isBehind: boolean }

export async function listWaiting({ db }: Sql): Promise<Waiting[]> {
  return db
    .select({
      id: webhooks.id,
      roomKey: webhooks.roomKey,
      createdBy: webhooks.createdBy,
      nextTryAt: webhooks.nextTryAt,
      isBehind: sql<boolean>`${headOf({ db }, webhooks.roomKey)} > ${webhooks.position}`,
    })
    .from(webhooks)
    .innerJoin(rooms, and(eq(rooms.key, webhooks.roomKey), isNull(rooms.deletedAt)))
    .where(isNull(webhooks.pausedFor))
}

export type Claimed = WebhookRow & { room: string; epoch: string }

/** The times of a lease are those of the database: the clocks of nodes differ. */
const until = sql`now() + interval '30 seconds'`

/** Makes this node the only one that delivers this webhook; undefined if another one is, or there is nothing to deliver. */
export async function claimWebhook({ db }: Sql, id: string, node: string): Promise<Claimed | undefined> {
  const [webhook] = await db
    .update(webhooks)
    .set({ node, nodeUntil: until })
    .from(rooms)
    .where(
      and(
        eq(webhooks.id, id),
        eq(rooms.key, webhooks.roomKey),
        isNull(rooms.deletedAt),
        isNull(webhooks.pausedFor),
        sql`(${webhooks.node} = ${node} or ${webhooks.nodeUntil} is null or ${webhooks.nodeUntil} < now())`,
      ),
    )
    .returning({ ...getTableColumns(webhooks), room: rooms.id, epoch: rooms.epoch })
  return webhook
}

export async function isLeased({ db }: Sql, id: string): Promise<boolean> {
  const leased = await db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(and(eq(webhooks.id, id), isNull(webhooks.pausedFor), sql`${webhooks.nodeUntil} >= now()`))
  return leased.length === 1
}

/**
 * Remembers that everything up to `position` is delivered, and keeps the lease. False if this node may not go on: another one has
 * taken over or been further, or the webhook is paused or gone. The position of one that was paused meanwhile is remembered all the same.
 */
export async function advance({ db }: Sql, id: string, node: string, position: number): Promise<boolean> {
  const [webhook] = await db
    .update(webhooks)
    .set({ position, nodeUntil: until, failingSince: null, tries: 0, nextTryAt: null, failure: null })
    .where(and(eq(webhooks.id, id), eq(webhooks.node, node), lt(webhooks.position, position)))
    .returning({ pausedFor: webhooks.pausedFor })
  return webhook !== undefined && webhook.pausedFor === null
}

type Failed = {
  at: Date
  failure: NonNullable<WebhookRow['failure']>
  nextTryAt: Date
  pausedFor?: WebhookRow['pausedFor']
}

/** Frees the webhook for whichever node tries it next. False if another one has taken over. */
export async function recordFailure({ db }: Sql, id: string, node: string, failed: Failed): Promise<boolean> {
  const { at, failure, nextTryAt, pausedFor } = failed
  const recorded = await db
    .update(webhooks)
    .set({
      failingSince: sql`coalesce(${webhooks.failingSince}, ${at.toISOString()}::timestamptz)`,
      tries: sql`${webhooks.tries} + 1`,
      nextTryAt: pausedFor ? null : nextTryAt,
      failure,
      ...(pausedFor && { pausedFor }),
      node: null,
      nodeUntil: null,
    })
    .where(and(eq(webhooks.id, id), eq(webhooks.node, node), isNull(webhooks.pausedFor)))
    .returning({ id: webhooks.id })
  return recorded.length === 1
}

/** False if it is deleted. */
export async function pauseWebhook({ db }: Sql, id: string, pausedFor: NonNullable<WebhookRow['pausedFor']>) {
  const paused = await db
    .update(webhooks)
    .set({ pausedFor })
    .where(eq(webhooks.id, id))
    .returning({ id: webhooks.id })
  return paused.length === 1
}

/** So that nobody need wait for the leases of this node; without one, of all nodes. */
export async function releaseWebhooks({ db }: Sql, node?: string): Promise<void> {
  const leased = node === undefined ? isNotNull(webhooks.node) : eq(webhooks.node, node)
  await db.update(webhooks).set({ node: null, nodeUntil: null }).where(leased)
}
