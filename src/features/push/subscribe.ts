import { createECDH } from 'node:crypto'
import { hashToken, randomId } from '../../crypto/keys.ts'
import { checkUrl } from '../../outside/url.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { NewPushSubscription } from '../../protocol/push.ts'
import { announce, type Scope } from '../../scope.ts'
import { actAs } from '../auth/redeem.ts'
import { lockUser } from '../auth/store.ts'
import { pushKeys } from './keys.ts'
import { deleteSubscription, dropOldest, putSubscription } from './store.ts'

const mostOfPerson = 20

export async function showPushKey(scope: Scope): Promise<{ key: string }> {
  return { key: (await pushKeys(scope)).publicKey }
}

export async function subscribe(scope: Scope, draft: NewPushSubscription): Promise<{ id: string }> {
  const { endpoint, keys } = draft
  const url = checkUrl(endpoint, scope.policy.outgoing)
  if (typeof url === 'string') throw invalidField('/endpoint', url)
  if (!isPoint(keys.p256dh)) throw invalidField('/keys/p256dh', 'push_key_wrong')
  if (!/^[\w-]{22}(?:==)?$/.test(keys.auth)) throw invalidField('/keys/auth', 'push_key_wrong')
  const id = await actAs(scope, 'self', async (sql) => {
    // Two devices of a person at the same time must not both be the last one that there is room for.
    await lockUser(sql, scope.actor.id)
    const put = await putSubscription(sql, {
      id: randomId(),
      sessionId: scope.session,
      endpointHash: hashToken(url.href),
      endpoint: url.href,
      p256dh: keys.p256dh,
      auth: keys.auth,
      level: draft.level ?? 'all',
      createdAt: scope.clock(),
    })
    await dropOldest(sql, scope.actor.id, mostOfPerson)
    return put
  })
  announce(scope, { what: 'push' })
  return { id }
}

export async function unsubscribe(scope: Scope, id: string): Promise<void> {
  const deleted = await actAs(scope, 'self', (sql) => deleteSubscription(sql, scope.actor.id, id))
  if (!deleted) throw new ChatError('push_subscription_not_found')
}

/** A point that is not on the curve would make every push to it fail. */
function isPoint(p256dh: string): boolean {
  if (!/^[\w-]{87}=?$/.test(p256dh)) return false
  try {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    pair.computeSecret(Buffer.from(p256dh, 'base64url'))
    return true
  } catch {
    return false
  }
}
