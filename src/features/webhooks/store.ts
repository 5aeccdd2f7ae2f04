import type { Sql } from '../../storage/storage.ts'
import { webhooks } from '../../storage/tables/webhooks.ts'

export type WebhookRow = typeof webhooks.$inferSelect

const columns = `webhooks.id, webhooks.room_key as "roomKey", webhooks.user_id as "userId",
  webhooks.secret_hash as "secretHash", webhooks.created_by as "createdBy", webhooks.created_at as "createdAt",
  webhooks.revoked_at as "revokedAt"`

export async function insertWebhook({ db }: Sql, row: typeof webhooks.$inferInsert): Promise<WebhookRow> {
  const [webhook] = await db.insert(webhooks).values(row).returning()
  return webhook!
}

export type AddressedWebhook = WebhookRow & { room: string; roomDeletedAt: Date | null }

/** A webhook by its secret, also one that has ended, with its room. */
export async function findWebhook({ query }: Sql, secretHash: string): Promise<AddressedWebhook | undefined> {
  const [webhook] = await query<AddressedWebhook>(
    `select ${columns}, rooms.id as room, rooms.deleted_at as "roomDeletedAt"
     from webhooks join rooms on rooms.key = webhooks.room_key where webhooks.secret_hash = $1`,
    [secretHash],
  )
  return webhook
}

export async function listWebhookRows({ query }: Sql, roomKey: number): Promise<WebhookRow[]> {
  return query<WebhookRow>(
    `select ${columns} from webhooks where room_key = $1 and revoked_at is null order by created_at desc, id`,
    [roomKey],
  )
}

/** False when somebody else just did it. */
export async function revokeWebhookRow({ query }: Sql, id: string, now: Date): Promise<boolean> {
  const revoked = await query(
    `update webhooks set revoked_at = $2 where id = $1 and revoked_at is null returning 1`,
    [id, now],
  )
  return revoked.length === 1
}
