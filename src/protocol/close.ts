/**
 * The close codes of a socket. RFC 6455 section 7.4 leaves 4000–4999 to the application.
 * 4000–4499: reconnect after a random wait. 4500–4999: do not reconnect until a person has done something.
 */
export const closeCodes = {
  restarting: { code: 1001, meaning: 'The server is restarting. Reconnect after `retry_after_ms`.' },
  token_expired: { code: 4001, meaning: 'The access token has expired. Refresh it and reconnect.' },
  slow: { code: 4008, meaning: 'The client reads too slowly. Reconnect and resume.' },
  no_pong: { code: 4009, meaning: 'The client did not reply to a ping. Reconnect and resume.' },
  overloaded: { code: 4013, meaning: 'The server is overloaded. Reconnect later.' },
  not_authenticated: { code: 4500, meaning: 'Not signed in.' },
  session_ended: { code: 4501, meaning: 'The session has ended, or the user is banned.' },
  abuse: { code: 4502, meaning: 'The client broke the protocol.' },
  too_many: { code: 4503, meaning: 'Too many connections.' },
  no_access: { code: 4504, meaning: 'No access to this room.' },
} as const

export type CloseReason = keyof typeof closeCodes

/** Whether a client should reconnect after this close code. 1006, a network failure, is included. */
export const shouldReconnect = (code: number): boolean => code < 4500
