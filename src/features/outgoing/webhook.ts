import { randomId } from '../../crypto/keys.ts'
import { checkUrl } from '../../outside/url.ts'
import type { AuditAction } from '../../protocol/audit-actions.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { DurableKind } from '../../protocol/events.ts'
import type { OutgoingWebhook } from '../../protocol/outgoing-webhooks.ts'
import { announce, type Scope, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { authorsOf } from '../auth/people.ts'
import type { Access } from '../rooms/access.ts'
import { readRoom, withRoomLock } from '../rooms/lock.ts'
import { mayStillSend } from './right.ts'
import { openTarget, sealTarget } from './seal.ts'
import { makeSecret } from './sign.ts'
import {
  countWebhooksBy,
  deleteWebhook,
  insertWebhook,
  type ListedWebhook,
  listWebhookRows,
  updateWebhook,
} from './store.ts'

const mostOfRoom = 20
const mostOfPerson = 100

type Draft = { url: string; events?: DurableKind[] }
type Change = { paused?: boolean; url?: string; events?: DurableKind[] | null }

/** Everything that is written to the room from now on goes to this URL. It is recorded as an export of the room is. */
export async function createOutgoing(scope: Scope, id: string, draft: Draft): Promise<OutgoingWebhook> {
  const url = requireUrl(scope, draft.url)
  const secret = makeSecret()
  const made = await withRoomLock(scope, id, 'export', async (tx, { room }) => {
    if ((await listWebhookRows(tx.sql, room.key)).length >= mostOfRoom)
      throw new ChatError('too_many_outgoing_webhooks', { most: mostOfRoom })
    await requireFewer(scope, tx.sql)
    const webhook = randomId()
    const row = await insertWebhook(tx.sql, {
      id: webhook,
      roomKey: room.key,
      sealed: sealTarget(scope, webhook, { url: url.href, secret }),
      events: draft.events ?? null,
      createdBy: scope.actor.id,
      createdAt: tx.at,
      position: tx.head,
    })
    await record(scope, tx.sql, id, 'outgoing.made', { webhook, host: url.host })
    return { ...row, head: tx.head }
  })
  announce(scope, { what: 'outgoing' })
  return { ...(await presentOutgoing(scope, id, made)), secret }
}

export function listOutgoing(scope: Scope, id: string): Promise<{ items: OutgoingWebhook[] }> {
  return readRoom(scope, id, 'own', async ({ room }) => {
    const rows = await listWebhookRows(scope.sql, room.key)
    return { items: await Promise.all(rows.map((row) => presentOutgoing(scope, id, row))) }
  })
}

export async function changeOutgoing(
  scope: Scope,
  id: string,
  webhook: string,
  { paused, url: text, events }: Change,
): Promise<OutgoingWebhook> {
  const url = text === undefined ? undefined : requireUrl(scope, text)
  const row = await withRoomLock(scope, id, 'export', async (tx, access) => {
    const before = await findWebhook(tx.sql, access, webhook)
    const target = url && openTarget(scope, webhook, before.sealed)
    const sealed = target && sealTarget(scope, webhook, { ...target, url: url!.href })
    // Its events go where this person says, so they go there only as long as this person may take them out of the room.
    const isHandedOver = url !== undefined && before.createdBy !== scope.actor.id
    if (isHandedOver) await requireFewer(scope, tx.sql)
    const isPaused = paused ?? before.pausedFor !== null
    // A person who changes something wants to see whether it works now.
    const again = { nextTryAt: null, failingSince: null, tries: 0, failure: null }
    await updateWebhook(tx.sql, access.room.key, webhook, {
      ...(sealed !== undefined && { sealed }),
      ...(isHandedOver && { createdBy: scope.actor.id }),
      ...(events !== undefined && { events }),
      ...(isPaused ? { pausedFor: before.pausedFor ?? 'person' } : { pausedFor: null, ...again }),
    })
    const detail = { webhook, ...(paused !== undefined && { paused }), ...(url && { host: url.host }) }
    await record(scope, tx.sql, id, 'outgoing.changed', detail)
    return findWebhook(tx.sql, access, webhook)
  })
  announce(scope, { what: 'outgoing' })
  return presentOutgoing(scope, id, row)
}

/** What is being sent in this moment may still arrive. */
export async function deleteOutgoing(scope: Scope, id: string, webhook: string): Promise<void> {
  await withRoomLock(scope, id, 'own', async (tx, { room }) => {
    if (!(await deleteWebhook(tx.sql, room.key, webhook))) throw new ChatError('webhook_not_found')
    await record(scope, tx.sql, id, 'outgoing.deleted', { webhook })
  })
  announce(scope, { what: 'outgoing' })
}

function requireUrl(tools: Tools, text: string): URL {
  const url = checkUrl(text, tools.policy.outgoing)
  if (typeof url === 'string') throw invalidField('/url', url)
  return url
}

async function requireFewer({ actor }: Scope, sql: Sql): Promise<void> {
  if ((await countWebhooksBy(sql, actor.id)) >= mostOfPerson)
    throw new ChatError('too_many_outgoing_webhooks', { most: mostOfPerson })
}

async function findWebhook(sql: Sql, { room }: Access, webhook: string): Promise<ListedWebhook> {
  const row = (await listWebhookRows(sql, room.key)).find(({ id }) => id === webhook)
  if (!row) throw new ChatError('webhook_not_found')
  return row
}

const record = (scope: Scope, sql: Sql, room: string, action: AuditAction, detail: object): Promise<void> =>
  recordAct(scope, { actor: scope.actor.id, action, room, detail }, sql)

async function presentOutgoing(tools: Tools, room: string, row: ListedWebhook): Promise<OutgoingWebhook> {
  const { id, createdBy, events, failingSince, failure, nextTryAt, pausedFor, position, head } = row
  const creator = (await authorsOf(tools, [createdBy])).get(createdBy)
  return {
    id,
    room,
    url: openTarget(tools, id, row.sealed)?.url ?? '',
    ...(events && { events }),
    created_by: creator?.username ?? '',
    created_at: row.createdAt.toISOString(),
    state: pausedFor ? 'paused' : failingSince ? 'failing' : 'working',
    seq: position,
    behind: Math.max(0, head - position),
    ...(failingSince && { failing_since: failingSince.toISOString() }),
    ...(nextTryAt && { next_try_at: nextTryAt.toISOString() }),
    ...(failure && { failure: failure as NonNullable<OutgoingWebhook['failure']> }),
    ...(pausedFor && { paused_for: pausedFor }),
    ...((await mayStillSend(tools, room, createdBy)) ? {} : { creator_lost_right: true }),
  }
}
