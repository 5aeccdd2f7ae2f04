import { constantTimeEqual, hashToken, keyedHash, randomToken } from '../../crypto/keys.ts'
import type { Tools } from '../../scope.ts'
import { readCookie } from './cookies.ts'
import { bearerToken } from './guard.ts'
import { issuedSession } from './refresh-token.ts'
import { findSession } from './store.ts'
import { accessTokens } from './tokens.ts'

/*
 * A device on which an account has signed in before may sign in to it again while strangers guess its password. It is
 * known by a token that a login gives, or by a session of the account. Either only opens a limit of its own.
 */

/** Random, and marked for one account: on another it says nothing, and it names nobody. */
export function issueDevice(tools: Tools, user: string): string {
  const random = randomToken()
  return `${random}.${markOf(tools, user, random)}`
}

const markOf = (tools: Tools, user: string, random: string): string =>
  keyedHash(tools.policy.keyFor('device'), `${user} ${random}`)

/** What the limit of a known device is counted by; undefined for a stranger. */
export async function knownDevice(tools: Tools, request: Request, user: string): Promise<string | undefined> {
  const device = request.headers.get('x-device') ?? readCookie(tools, request, 'parley_device')
  if (device !== undefined && isOf(tools, user, device)) return hashToken(device)
  const session = await sessionOf(tools, request, user)
  return session === undefined ? undefined : `session ${session}`
}

function isOf(tools: Tools, user: string, device: string): boolean {
  const [random = '', mark = ''] = device.split('.')
  return random !== '' && constantTimeEqual(markOf(tools, user, random), mark)
}

async function sessionOf(tools: Tools, request: Request, user: string): Promise<string | undefined> {
  const refresh = readCookie(tools, request, 'parley_refresh')
  const access = bearerToken(request) ?? readCookie(tools, request, 'parley_access')
  const claims = access ? await accessTokens(tools).read(access) : undefined
  const ids = [refresh && issuedSession(tools.policy.keyFor('refresh token'), refresh), claims?.sid]
  for (const id of ids) {
    const row = id ? await findSession(tools.sql, id) : undefined
    if (row?.userId === user && row.endedAt === null && row.expiresAt > tools.clock()) return row.id
  }
  return undefined
}
