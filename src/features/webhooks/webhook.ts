import { hashToken, randomId, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Webhook } from '../../protocol/webhooks.ts'
import type { Person, Scope } from '../../scope.ts'
import { apiTokenPrefix } from '../auth/api-tokens.ts'
import { authorsOf, people } from '../auth/people.ts'
import { insertUser } from '../auth/store.ts'
import { accessRoom } from '../rooms/access.ts'
import { recordAdministration } from '../rooms/administration.ts'
import { dismiss, enter } from '../rooms/enter.ts'
import { type KnownRoom, knownRooms } from '../rooms/known.ts'
import { withRoomLock } from '../rooms/lock.ts'
import { insertWebhook, listWebhookRows, listWebhooksBy, revokeWebhookRow, type WebhookRow } from './store.ts'

const mostWebhooks = 50

/** Creates a webhook and its bot account, which joins the room as a member. */
export async function createWebhook(
  scope: Scope,
  id: string,
  name: string,
  origin: string,
): Promise<Webhook> {
  const access = await accessRoom(scope, id, 'moderate')
  const { room } = access
  const secret = `${apiTokenPrefix}hook_${randomToken()}`
  const { row, bot } = await withRoomLock(scope, id, 'moderate', async (tx) => {
    if (room.access !== 'open' && room.access !== 'closed') {
      throw new ChatError('webhooks_not_accepted')
    }
    if (room.archived) throw new ChatError('room_archived')
    if ((await listWebhookRows(tx.sql, room.key)).length >= mostWebhooks) {
      throw new ChatError('too_many_webhooks', { most: mostWebhooks })
    }
    const user = await insertUser(tx.sql, {
      id: scope.newId(),
      username: `hook-${randomId()}`,
      displayName: name,
      bot: true,
      createdAt: tx.at,
    })
    const bot = people(scope).meet(user)
    await enter(scope, tx, room, bot, 'member')
    const row = await insertWebhook(tx.sql, {
      id: randomId(),
      roomKey: room.key,
      userId: bot.id,
      secretHash: hashToken(secret),
      createdBy: scope.actor.id,
      createdAt: tx.at,
    })
    return { row, bot }
  })
  await recordAdministration(scope, access, { action: 'webhook.made', subject: bot.id })
  return { ...presentWebhook(row, room.id, bot, scope.actor), url: `${origin}/hooks/${secret}` }
}

export async function listWebhooks(scope: Scope, id: string): Promise<{ items: Webhook[] }> {
  const { room } = await accessRoom(scope, id, 'moderate')
  const rows = await listWebhookRows(scope.sql, room.key)
  const known = await authorsOf(
    scope,
    rows.flatMap(({ userId, createdBy }) => [userId, createdBy]),
  )
  return {
    items: rows.map((row) => presentWebhook(row, room.id, known.get(row.userId)!, known.get(row.createdBy)!)),
  }
}

export async function removeWebhook(scope: Scope, id: string, webhook: string): Promise<void> {
  const access = await accessRoom(scope, id, 'moderate')
  const { room } = access
  const row = (await listWebhookRows(scope.sql, room.key)).find((each) => each.id === webhook)
  if (!row || !(await endWebhook(scope, room, row))) throw notFound()
  await recordAdministration(scope, access, { action: 'webhook.removed', subject: row.userId })
}

/** Removes all webhooks that the actor created: after an erasure, nobody may keep their secrets. */
export async function removeWebhooksBy(scope: Scope): Promise<void> {
  for (const { room, ...row } of await listWebhooksBy(scope.sql, scope.actor.id)) {
    await endWebhook(scope, knownRooms(scope).keep(room), row)
  }
}

/** False if it was already removed. `member.left` is the last event of its bot in the log. */
async function endWebhook(scope: Scope, room: KnownRoom, row: WebhookRow): Promise<boolean> {
  const bot = (await authorsOf(scope, [row.userId])).get(row.userId)!
  try {
    // Before the row is revoked: if the process stops in between, the webhook is still listed and can be removed again.
    await dismiss(scope, room, bot, { reason: 'removed', handOver: true })
  } catch (error) {
    // A moderator may have removed the bot from the room.
    if (!(error instanceof ChatError && error.reason === 'member_not_found')) throw error
  }
  return revokeWebhookRow(scope.sql, row.id, scope.clock())
}

const notFound = (): ChatError => new ChatError('webhook_not_found')

function presentWebhook(row: WebhookRow, room: string, bot: Person, creator: Person): Webhook {
  return {
    id: row.id,
    room,
    name: bot.displayName,
    username: bot.username,
    created_by: creator.username,
    created_at: row.createdAt.toISOString(),
  }
}
