import { createBounded } from '../../bounded.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Scope } from '../../scope.ts'
import { type Access, moderates } from '../rooms/access.ts'

const mostKept = 50_000
const lastTexts = perServer(() => createBounded<string, number>(mostKept))

/** Slow mode: a member waits `slowSeconds` between two texts. An edit counts too: otherwise members could edit instead. */
export function enforceSlowMode(scope: Scope, room: Access['room'], member: Access['member']): void {
  if (room.slowSeconds === 0 || moderates(scope, member)) return
  const texts = lastTexts(scope)
  const key = `${room.key} ${scope.actor.id}`
  const now = performance.now()
  const last = texts.get(key)
  const waitMs = last === undefined ? 0 : last + room.slowSeconds * 1000 - now
  if (waitMs > 0)
    throw new ChatError('slow_mode', { seconds: room.slowSeconds }, { retryAfterMs: Math.ceil(waitMs) })
  texts.set(key, now)
}
