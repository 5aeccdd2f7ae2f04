import { ChatError } from '../../protocol/errors.ts'
import { createRateLimit, type Rate } from '../../rate.ts'
import { perServer, type Tools } from '../../scope.ts'

const perMinute = (count: number, burst: number): Rate => ({ perSecond: count / 60, burst })

/** Who is slowed down by what: per address where nobody is known yet, per account where a password is guessed. */
const rates = {
  signup: perMinute(10, 30),
  login_address: perMinute(60, 60),
  login_account: perMinute(6, 12),
  /** Wrong passwords in an open session. No login counts here, so a stranger cannot keep its user from changing one. */
  session_password: perMinute(6, 12),
  /** An address in use is refused as such, so a change of it must be no way to ask for many. */
  email: perMinute(1, 10),
  refresh: perMinute(60, 60),
  webhook_address: perMinute(1200, 120),
} as const

const limits = perServer(
  () => new Map(Object.entries(rates).map(([what, rate]) => [what, createRateLimit(rate)] as const)),
)

/** Only what fails counts: `slowDown` before, so that many at once count too, and this after a success. */
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
