import { ChatError } from '../../protocol/errors.ts'
import { createRateLimit, type Rate } from '../../rate.ts'
import { perServer, type Tools } from '../../scope.ts'

const perMinute = (count: number, burst: number): Rate => ({ perSecond: count / 60, burst })

/**
 * What is counted by what: by address where nobody is known yet, by account where a password is guessed. A stranger can use
 * up what counts strangers, and nothing of a device, session or webhook that the server knows.
 */
const rates = {
  signup: perMinute(10, 30),
  setup: perMinute(60, 60),
  login_address: perMinute(60, 60),
  /** Failed logins of one account, by username or email, from wherever. */
  login_account: perMinute(6, 12),
  /** The same from one device that this account has signed in on before. */
  login_device: perMinute(6, 12),
  /** Wrong passwords in an open session. No login counts here, so a stranger cannot keep its user from changing one. */
  session_password: perMinute(6, 12),
  /** Changes of email address: a refusal says that an address is in use, and must not be a way to probe many. */
  email: perMinute(1, 10),
  /** By session. */
  refresh: perMinute(60, 60),
  /** What is no refresh token of ours, by address. */
  refresh_junk: perMinute(60, 60),
  webhook_secret: perMinute(60, 60),
} as const

const limits = perServer(
  () => new Map(Object.entries(rates).map(([what, rate]) => [what, createRateLimit(rate)] as const)),
)

/** Makes only failures count: call `limitAttempts` before, so that parallel attempts count too, and this after a success. */
export function refundAttempt(tools: Tools, what: keyof typeof rates, key: string): void {
  if (tools.policy.rateLimits) limits(tools).get(what)!.giveBack(key)
}

export function limitAttempts(tools: Tools, what: keyof typeof rates, key: string): void {
  if (!tools.policy.rateLimits) return
  const retryAfterMs = limits(tools).get(what)!.take(key)
  if (retryAfterMs === undefined) return
  tools.metrics.rateLimited.add(what)
  throw new ChatError('too_many_requests', { retryAfterMs })
}
