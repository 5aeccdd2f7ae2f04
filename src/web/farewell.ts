const sentences: Record<string, string> = {
  not_authenticated: 'Your session has run out. Please sign in again.',
  session_ended: 'Your session was ended, here or on another device. Please sign in again.',
  abuse: 'The server ended the connection because this page sent what it should not. Please sign in again.',
  too_many: 'You are connected in too many places. Close one of them and sign in again.',
}

/** Why somebody who was in stands at the door. Nothing, if it was their own wish. */
export function farewellFor(reason: string | undefined): string | undefined {
  if (reason === 'signed_out') return undefined
  return sentences[reason ?? ''] ?? 'The server ended the connection. Please sign in again.'
}
