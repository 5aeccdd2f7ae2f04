import type { Word } from '../language/translations/types.ts'

const known = [
  'not_authenticated',
  'session_ended',
  'abuse',
  'too_many',
  'banned',
  'password_changed',
  'reused',
  'erased',
] as const

/** Why somebody who was in stands at the door. Nothing, if they have signed out. `ending` is what the server said before. */
export function farewellFor(endedBecause: string | undefined, ending?: string): Word | undefined {
  if (endedBecause === 'signed_out') return undefined
  const named = (reason: string | undefined) => known.find((each) => each === reason)
  const why = endedBecause === 'session_ended' ? (named(ending) ?? endedBecause) : named(endedBecause)
  return `farewell.${why ?? 'other'}`
}
