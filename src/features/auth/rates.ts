import { ChatError } from '../../protocol/errors.ts'
import { createRateLimit, type Rate } from '../../rate.ts'
import { perServer, type Tools } from '../../scope.ts'

const perMinute = (count: number, burst: number): Rate => ({ perSecond: count / 60, burst })

/** Who is slowed down by what: per address where nobody is known yet, per account where a password is guessed. */
const rates = {
  signup: perMinute(10, 30),
  login_address: perMinute(60, 60),
  login_account: perMinute(6, 12),
  refresh: perMinute(60, 60),
  webhook_address: perMinute(1200, 120),
} as const

const limits = perServer(
  () => new Map(Object.entries(rates).map(([what, rate]) => [what, createRateLimit(rate)] as const)),
)

export function slowDown(tools: Tools, what: keyof typeof rates, key: string): void {
  if (!tools.policy.rateLimits) return
  const retryAfterMs = limits(tools).get(what)!.take(key)
  if (retryAfterMs === undefined) return
  tools.metrics.rateLimited.add(what)
  throw new ChatError('too_many_requests', { retryAfterMs })
}
