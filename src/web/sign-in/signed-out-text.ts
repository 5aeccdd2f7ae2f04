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

/** Why a session has ended; undefined if the person signed out. `ending` is the reason that the server sent before. */
export function signedOutText(endedBecause: string | undefined, ending?: string): Word | undefined {
  if (endedBecause === 'signed_out') return undefined
  const named = (reason: string | undefined) => known.find((each) => each === reason)
  const why = endedBecause === 'session_ended' ? (named(ending) ?? endedBecause) : named(endedBecause)
  return `farewell.${why ?? 'other'}`
}
