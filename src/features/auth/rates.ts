import { ChatError } from '../../protocol/errors.ts'
import { createRateLimit, type Rate } from '../../rate.ts'
import { perServer, type Tools } from '../../scope.ts'

const perMinute = (count: number, burst: number): Rate => ({ perSecond: count / 60, burst })

/** Rate limits: per address before sign-in, per account where somebody could guess a password. */
const rates = {
  signup: perMinute(10, 30),
  login_address: perMinute(60, 60),
  login_account: perMinute(6, 12),
  /** Wrong passwords in a session. Logins do not count, so a stranger cannot stop the user from changing their password. */
  session_password: perMinute(6, 12),
  /** Changes of email address: a refusal says that an address is in use, and must not be a way to probe many. */
  email: perMinute(1, 10),
  refresh: perMinute(60, 60),
  webhook_secret: perMinute(60, 60),
} as const

const limits = perServer(
  () => new Map(Object.entries(rates).map(([what, rate]) => [what, createRateLimit(rate)] as const)),
)

/** Makes only failures count: call `slowDown` before, so that parallel attempts count too, and this after a success. */
export function forgive(tools: Tools, what: keyof typeof rates, key: string): void {
  if (tools.policy.rateLimits) limits(tools).get(what)!.giveBack(key)
}

export function slowDown(tools: Tools, what: keyof typeof rates, key: string): void {
  if (!tools.policy.rateLimits) return
  const retryAfterMs = limits(tools).get(what)!.take(key)
  if (retryAfterMs === undefined) return
  tools.metrics.rateLimited.add(what)
  throw new ChatError('too_many_requests', { retryAfterMs })
}
