import { defaultLimits } from '../protocol/limits.ts'
import { RequestError } from '../sdk/errors.ts'
import type { Pending } from '../sdk/state.ts'

/** What went wrong, in sentences for people. Bugs go on. */
export function faultsOf(error: unknown): string[] {
  if (!(error instanceof RequestError)) throw error
  if (!error.errors?.length) return [error.message]
  return error.errors.map(
    ({ path, message }) => `${path.replace(/^[/.]/, '').replaceAll('_', ' ')}: ${message}`,
  )
}

/** Why a message was refused: the server's sentence names no field, and a message has one. */
export function whyNotSent({ content, error }: Pending): string {
  const most = defaultLimits.message_characters
  if (error?.code !== 'invalid' || content.length <= most) return error?.message ?? ''
  const [long, limit] = [content.length, most].map((count) => count.toLocaleString('en'))
  return `it is too long, ${long} characters of at most ${limit}`
}

const endings: Record<string, string> = {
  signed_out: 'Signed out.',
  not_authenticated: 'The session is not valid any more: log in again.',
  session_ended: 'The session was ended from elsewhere, or the account is banned.',
  too_many: 'Too many connections of this account are open.',
}

/** Why a client has stopped for good. */
export const endingOf = (why: string | undefined): string =>
  endings[why ?? ''] ?? `The server has ended the connection (${why ?? 'unknown'}).`
