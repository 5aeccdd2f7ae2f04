import { domainToUnicode } from 'node:url'
import { tidyEmail } from '../../text/email.ts'

/** Whether an older account may have this address, which is in the form in which addresses are stored, in another form. */
export const hasOtherSpelling = (email: string): boolean => /@.*xn--/.test(email)

/**
 * The spellings under which an account with this address may be stored: older accounts have the domain as it was typed, for
 * example `bücher.example`, all others have it in ASCII.
 */
export function spellingsOf(email: string): string[] {
  const stored = tidyEmail(email)
  const at = stored.lastIndexOf('@') + 1
  const typed = stored.slice(0, at) + domainToUnicode(stored.slice(at))
  return [...new Set([stored, typed, email.toLowerCase()])]
}
