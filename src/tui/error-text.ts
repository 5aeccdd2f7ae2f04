import { RequestError } from '../sdk/errors.ts'

/** The reasons of a refusal, in sentences for people. Bugs go on. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof RequestError)) throw error
  if (!error.errors?.length) return [error.message]
  return error.errors.map(({ path, message }) =>
    path === '/' ? message : `${path.slice(1).replaceAll('_', ' ')}: ${message}`,
  )
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
