import { ChatError } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import { giveBack, type rates, take } from './limits.ts'

/** Makes only failures count: call `limitAttempts` before, so that parallel attempts count too, and this after a success. */
export function refundAttempt(tools: Tools, what: keyof typeof rates, key: string): void {
  giveBack(tools, what, key)
}

export function limitAttempts(tools: Tools, what: keyof typeof rates, key: string): void {
  const retryAfterMs = take(tools, what, key)
  if (retryAfterMs === undefined) return
  tools.metrics.rateLimited.add(what)
  throw new ChatError('too_many_requests', { retryAfterMs })
}
