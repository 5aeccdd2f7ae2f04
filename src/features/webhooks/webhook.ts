import { hashToken, randomId, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Webhook } from '../../protocol/webhooks.ts'
import { type InName, isAdmin, type Person, type Scope } from '../../scope.ts'
import { apiTokenPrefix } from '../auth/api-tokens.ts'
import { authorsOf, people } from '../auth/people.ts'
import { requireOwnName } from '../auth/reserved.ts'
import { insertUser } from '../auth/store.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { passOfServer } from '../rooms/access.ts'
import { recordAdministration } from '../rooms/administration.ts'
import { type KnownRoom, knownRooms } from '../rooms/known.ts'
import { readRoom, withRoomLock } from '../rooms/lock.ts'
import { addMember, removeMemberInTransaction } from '../rooms/membership.ts'
import {
  insertWebhook,
  type ListedWebhook,
  listWebhookRows,
  listWebhooksBy,
  revokeWebhookRow,
  type WebhookRow,
} from './store.ts'

const mostWebhooks = 50

/** Creates a webhook and its bot account, which joins the room as a member. */
export async function createWebhook(
  scope: Scope,
  id: string,
  name: string,
  origin: string,
): Promise<Webhook> {
  const secret = `${apiTokenPrefix}hook_${randomToken()}`
  const webhook = await withRoomLock(scope, id, 'moderate', async (tx, access) => {
    const { room } = access
    if (room.access !== 'open' && room.access !== 'closed') {
      throw new ChatError('webhooks_not_accepted')
    }
    if (room.archived) throw new ChatError('room_archived')
    if (!isAdmin(scope)) await requireOwnName(tx.sql, scope.clock(), { display_name: name, path: '/name' })
    if ((await listWebhookRows(tx.sql, room.key, scope.clock())).length >= mostWebhooks) {
      throw new ChatError('too_many_webhooks', { most: mostWebhooks })
    }
    const user = await insertUser(tx.sql, {
      id: scope.newId(),
      username: `hook-${randomId()}`,
      displayName: name,
      bot: true,
      createdAt: tx.at,
    })
    const bot = people(scope).keep(user)
    await addMember(scope, tx, room, bot, 'member')
    const row = await insertWebhook(tx.sql, {
      id: randomId(),
      roomKey: room.key,
      userId: bot.id,
      secretHash: hashToken(secret),
      createdBy: scope.actor.id,
      createdAt: tx.at,
    })
    await recordAdministration(scope, access, { action: 'webhook.made', subject: bot.id }, tx.sql)
    return presentWebhook({ ...row, creatorMay: true }, room.id, bot, scope.actor)
  })
  return { ...webhook, url: `${origin}/hooks/${secret}` }
}

export function listWebhooks(scope: Scope, id: string): Promise<{ items: Webhook[] }> {
  return readRoom(scope, id, 'moderate', async ({ room }) => {
    const rows = await listWebhookRows(scope.sql, room.key, scope.clock())
    const ids = rows.flatMap(({ userId, createdBy }) => [userId, createdBy])
    const known = await authorsOf(scope, ids)
    return {
      items: rows.map((row) =>
        presentWebhook(row, room.id, known.get(row.userId)!, known.get(row.createdBy)!),
      ),
    }
  })
}

export async function removeWebhook(scope: Scope, id: string, webhook: string): Promise<void> {
  await withRoomLock(scope, id, 'moderate', async (tx, access) => {
    const row = (await listWebhookRows(tx.sql, access.room.key, scope.clock())).find(
      (each) => each.id === webhook,
    )
    if (!row || !(await endWebhook(scope, tx, access.room, row))) throw notFound()
    await recordAdministration(scope, access, { action: 'webhook.removed', subject: row.userId }, tx.sql)
  })
}

/** Removes all webhooks that the person created: after an erasure, nobody may keep their secrets. */
export async function removeWebhooksBy(scope: InName): Promise<void> {
  for (const { room, ...row } of await listWebhooksBy(scope.sql, scope.actor.id)) {
    const known = knownRooms(scope).keep(room)
    await writer(scope).transact(passOfServer(known), (tx) => endWebhook(scope, tx, known, row))
  }
}

/** False if it was already removed. `member.left` is the last event of its bot in the log. */
async function endWebhook(
  scope: InName,
  tx: Transaction,
  room: KnownRoom,
  row: Pick<WebhookRow, 'id' | 'userId'>,
): Promise<boolean> {
  const bot = (await authorsOf(scope, [row.userId], tx.sql)).get(row.userId)!
  // A moderator may have removed the bot from the room.
  await removeMemberInTransaction(scope, tx, room, bot, { handOver: true })
  return revokeWebhookRow(tx.sql, row.id, tx.at)
}

const notFound = (): ChatError => new ChatError('webhook_not_found')

function presentWebhook(row: ListedWebhook, room: string, bot: Person, creator: Person): Webhook {
  return {
    id: row.id,
    room,
    name: bot.displayName,
    username: bot.username,
    created_by: creator.username,
    created_at: row.createdAt.toISOString(),
    ...(row.creatorMay ? {} : { creator_lost_right: true }),
  }
}
