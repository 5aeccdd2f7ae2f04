import { Value } from '@sinclair/typebox/value'
import { hashToken } from '../../crypto/keys.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import { ClientId } from '../../protocol/fields.ts'
import type { File, FileUpload } from '../../protocol/files.ts'
import { isBanned, type Person, type Scope, type Tools } from '../../scope.ts'
import { spend } from '../auth/budgets.ts'
import { people } from '../auth/people.ts'
import { limitAttempts } from '../auth/rates.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { uploadFile } from '../files/upload.ts'
import { sendMessage } from '../messages/send.ts'
import { accessRoom } from '../rooms/access.ts'
import { contentOf } from './content.ts'
import { findWebhook } from './store.ts'

/** Sends a webhook's message to its room. A request with the same Idempotency-Key, on any node, is the same message. */
export async function postToWebhook(
  tools: Tools,
  request: Request,
  secret: string,
  body: string,
): Promise<void> {
  const { scope, room } = await enter(tools, request, secret)
  spend(scope, 'message')
  const posted = contentOf(body, request.headers.get('content-type') ?? '')
  const key = request.headers.get('idempotency-key')
  await sendMessage(scope, room, { ...posted, ...(key === null ? {} : { client_id: readKey(key) }) })
}

/** Uploads a file to the room of a webhook, to be sent with one of its messages. */
export async function uploadToWebhook(
  tools: Tools,
  request: Request,
  secret: string,
  query: FileUpload,
): Promise<File> {
  const { scope, room, creator } = await enter(tools, request, secret)
  spend(scope, 'create')
  return uploadFile(scope, room, query, request, creator.id)
}

async function enter(
  tools: Tools,
  request: Request,
  secret: string,
): Promise<{ scope: Scope; room: string; creator: Person }> {
  const webhook = await findWebhook(tools.sql, hashToken(secret))
  if (!webhook) {
    // Only wrong secrets count by address: a correct one must work from an address where somebody else guesses.
    limitAttempts(tools, 'webhook_secret', tools.http.addressOf(request))
    throw new ChatError('webhook_not_found')
  }
  const creator = await people(tools).find(webhook.createdBy)
  const actor = await people(tools).find(webhook.userId)
  const isOver = webhook.revokedAt || webhook.roomDeletedAt
  if (isOver || !actor || !creator || creator.deleted) throw new ChatError('webhook_removed')
  const scope: Scope = {
    ...tools,
    actor,
    session: webhook.id,
    limitedTo: ['write'],
    recheck() {
      if (isBanned(tools, actor) || actor.deleted) throw new ChatError('webhook_banned')
      return recheckCreator(tools, creator, webhook.room)
    },
  }
  await scope.recheck()
  return { scope, room: webhook.room, creator }
}

/** A webhook works only while the person who created it may create webhooks in its room. */
function recheckCreator(tools: Tools, creator: Person, room: string): undefined | Promise<undefined> {
  if (isBanned(tools, creator)) throw new ChatError('webhook_creator_banned')
  const creators: Scope = { ...tools, actor: creator, session: '', ...operatorsPass }
  const lost = (error: unknown): never => {
    throw error instanceof ChatError ? new ChatError('webhook_creator_lost_right') : error
  }
  try {
    const access = accessRoom(creators, room, 'moderate')
    return access instanceof Promise ? access.then(() => undefined, lost) : undefined
  } catch (error) {
    return lost(error)
  }
}

function readKey(key: string): string {
  if (Value.Check(ClientId, key)) return key
  throw invalidField('/Idempotency-Key', 'client_id_format')
}
