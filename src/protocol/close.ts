/**
 * Why a socket is closed (RFC 6455 section 7.4: 4000–4999 are for applications). 4000–4499: connect again, with jitter.
 * 4500–4999: do not, until a person has acted.
 */
export const closeCodes = {
  restarting: { code: 1001, meaning: 'The server restarts; come back after the hint.' },
  token_expired: { code: 4001, meaning: 'The access token has expired; renew it and come back.' },
  slow: { code: 4008, meaning: 'Too far behind in reading; come back and resume.' },
  no_pong: { code: 4009, meaning: 'No sign of life after a ping; come back and resume.' },
  overloaded: { code: 4013, meaning: 'The server has too much to do; come back later.' },
  not_authenticated: { code: 4500, meaning: 'Not signed in.' },
  session_ended: { code: 4501, meaning: 'The session has ended, or the user is banned.' },
  abuse: { code: 4502, meaning: 'The protocol was abused.' },
  too_many: { code: 4503, meaning: 'Too many connections.' },
  no_access: { code: 4504, meaning: 'No access to this room.' },
} as const

export type CloseReason = keyof typeof closeCodes

/** Whether a client should connect again after this close code (network failures, 1006, included). */
export const comesBack = (code: number): boolean => code < 4500
