import { createHmac } from 'node:crypto'

/** The prefix by which people and scanners know such a secret. */
const prefix = 'whsec_'

export const makeSecret = (): string =>
  `${prefix}${crypto.getRandomValues(Buffer.alloc(32)).toString('base64')}`

/** The headers of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function signedHeaders(secret: string, id: string, at: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
