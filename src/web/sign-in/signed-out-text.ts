import type { Event } from '../../protocol/events.ts'
import { textOfReason } from '../language/error-text.ts'
import { say } from '../language/say.ts'

export type SessionEnding = Extract<Event, { type: 'session.ending' }>

const known = [
  'not_authenticated',
  'session_ended',
  'abuse',
  'too_many',
  'password_changed',
  'reused',
  'erased',
] as const

/** Why a session has ended; undefined if the person signed out. `ending` is what the server sent before. */
export function signedOutText(endedBecause: string | undefined, ending?: SessionEnding): string | undefined {
  if (endedBecause === 'signed_out') return undefined
  const wasEnded = endedBecause === 'session_ended'
  // As the sign-in will say it from now on.
  if (wasEnded && ending?.reason === 'banned') {
    const { ban_reason: reason, banned_until: until } = ending
    return textOfReason('account_banned', { ...(reason && { reason }), ...(until && { until }) })
  }
  const named = (reason: string | undefined) => known.find((each) => each === reason)
  const why = wasEnded ? (named(ending?.reason) ?? endedBecause) : named(endedBecause)
  return say(`farewell.${why ?? 'other'}`)
}
