import { type Budget, budgetsOf } from '../../protocol/budgets.ts'
import { createRateLimit, type Rate, type RateLimit } from '../../rate.ts'
import { perServer, type Tools } from '../../scope.ts'
import { onSpent, tellSpent } from './spent.ts'

const perMinute = (count: number, burst: number): Rate => ({ perSecond: count / 60, burst })

/**
 * What is counted by what: by address where nobody is known yet, by account where a password is guessed. A stranger can use
 * up what counts strangers, and nothing of a device, session or webhook that the server knows.
 */
export const rates = {
  signup: perMinute(10, 30),
  setup: perMinute(60, 60),
  /** Forgotten passwords, by address. */
  forgot: perMinute(10, 30),
  /** The same by email address, which gets so many mails at most. */
  forgot_email: { perSecond: 1 / 900, burst: 4 },
  /** Mails to confirm an email address, by that address: any number of accounts may give it. */
  confirm_email: { perSecond: 1 / 900, burst: 4 },
  /** One-time links and invites that are opened by people who are not signed in, by address. */
  one_time_link: perMinute(60, 60),
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
  /** What is no ticket of ours, by address. Many may come back to one office at once, and take theirs at the same time. */
  ticket_junk: perMinute(300, 600),
  webhook_secret: perMinute(60, 60),
} as const

export type Limit = Budget | keyof typeof rates

/** The other nodes hear at once of what is taken of these: many nodes together let nobody guess more passwords than one. */
const guesses: ReadonlySet<Limit> = new Set<Limit>([
  'login_account',
  'login_address',
  'login_device',
  'session_password',
])

const limits = perServer(({ policy }) => {
  const all = Object.entries({ ...budgetsOf(policy.limits), ...rates })
  return new Map<string, RateLimit>(all.map(([limit, rate]) => [limit, createRateLimit(rate)]))
})

/** From now on this node counts what is taken on the others. */
export function openLimits(tools: Tools): void {
  onSpent(tools, ({ limit, key, count }) => {
    if (tools.policy.rateLimits) limits(tools).get(limit)?.takenElsewhere(key, count)
  })
}

/** Takes one, on every node. If there is none, returns the milliseconds until the next one. */
export function take(tools: Tools, limit: Limit, key: string): number | undefined {
  if (!tools.policy.rateLimits) return undefined
  const retryAfterMs = limits(tools).get(limit)!.take(key)
  if (retryAfterMs === undefined) tellSpent(tools, { limit, key, count: 1 }, guesses.has(limit))
  return retryAfterMs
}

export function giveBack(tools: Tools, limit: Limit, key: string): void {
  if (!tools.policy.rateLimits) return
  limits(tools).get(limit)!.giveBack(key)
  tellSpent(tools, { limit, key, count: -1 }, guesses.has(limit))
}
