import { keyedHash } from '../../crypto/keys.ts'
import { requestOutside, Unreachable } from '../../outside/request.ts'
import { checkUrl } from '../../outside/url.ts'
import type { PushMessage } from '../../protocol/push.ts'
import type { Tools } from '../../scope.ts'
import { pushKeys } from './keys.ts'
import type { Subscription } from './store.ts'

const timeoutMs = 10_000
/** A device that is off hears of it when it is on again, within a day. */
const keptSeconds = 86_400
/** Lengths are multiples of it, and nearly every message has the same one. A push service takes 4096 in all (RFC 8030). */
const paddingBytes = 1024

/** `gone`: the subscription has ended. `later`: it may be tried again. `refused`: it may not. */
export type Sent = 'sent' | 'gone' | 'later' | 'refused'

/**
 * Encrypts a message for one device (RFC 8291) and gives it to the push service of that device (RFC 8030), which cannot read it. The
 * service keeps only the newest one of each topic for a device that is off.
 */
export async function sendPush(
  tools: Tools,
  { id, endpoint, p256dh, auth }: Subscription,
  message: PushMessage,
): Promise<Sent> {
  const url = checkUrl(endpoint, tools.policy.outgoing)
  if (typeof url === 'string') return 'refused'
  // Loaded with the first push: most servers start without one.
  const { generateRequestDetails } = (await import('web-push')).default
  const details = generateRequestDetails({ endpoint, keys: { p256dh, auth } }, padded(message), {
    vapidDetails: { subject: subjectOf(tools), ...(await pushKeys(tools)) },
    contentEncoding: 'aes128gcm',
    TTL: keptSeconds,
    urgency: message.type === 'read' ? 'low' : 'high',
    // Each device has its own topic: one topic for all would say who shares a room.
    topic: keyedHash(tools.policy.keyFor('push topic'), `${id} ${message.room}`).slice(0, 32),
  })
  const headers = Object.fromEntries(
    Object.entries(details.headers as Record<string, unknown>)
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  try {
    const { status } = await requestOutside(
      url,
      {
        method: 'POST',
        headers,
        body: new Uint8Array(details.body as Buffer),
        timeoutMs,
      },
      { allowance: tools.policy.outgoing },
    )
    return outcomeOf(status)
  } catch (error) {
    if (error instanceof Unreachable) return error.why === 'no_address' ? 'refused' : 'later'
    throw error
  }
}

/** What is encrypted is as long as it was: without the spaces, its length would tell that of the text. */
function padded(message: PushMessage): string {
  const text = JSON.stringify(message)
  const bytes = Buffer.byteLength(text)
  return text + ' '.repeat(Math.ceil(bytes / paddingBytes) * paddingBytes - bytes)
}

function outcomeOf(status: number): Sent {
  if (status >= 200 && status < 300) return 'sent'
  if (status === 404 || status === 410) return 'gone'
  return status === 429 || status >= 500 ? 'later' : 'refused'
}

/** Whom a push service may ask about a server that sends too much. */
const subjectOf = ({ policy }: Tools): string =>
  policy.site === undefined ? 'mailto:operator@parley.invalid' : `https://${policy.site}`
