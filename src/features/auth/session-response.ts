import type { TokenPair } from '../../protocol/users.ts'
import type { Call, Person } from '../../scope.ts'
import { deviceCookie, sessionCookies } from './cookies.ts'
import { issueDevice } from './devices.ts'
import { notifyEntered } from './entered.ts'
import { requireOrigin } from './guard.ts'
import { presentUser } from './present.ts'
import { startSession } from './sessions.ts'

type Entering = Pick<Call<'POST /auth/login'>, 'tools' | 'request' | 'headers'>

/** Starts the first session of a new account. */
export async function signInNewUser(call: Entering, person: Person) {
  const { tools, request } = call
  await notifyEntered(tools, { person, request, on: 'new_account' })
  return respondWithSession(call, person, await startSession(call.tools, person, userAgent(call.request)))
}

/** A page asks for a cookie session, so that no script ever holds a token; anyone else gets the tokens. */
export function respondWithSession({ tools, request, headers }: Entering, person: Person, pair: TokenPair) {
  const user = presentUser(tools, person, { withEmail: true })
  const device = issueDevice(tools, person.id)
  if (request.headers.get('x-session') !== 'cookie') {
    headers['x-device'] = device
    return { user, ...pair }
  }
  requireOrigin(tools, request)
  headers['set-cookie'] = [...sessionCookies(tools, pair), deviceCookie(tools, device)]
  return { user, token_type: 'cookie' as const, expires_in: pair.expires_in }
}

export function userAgent(request: Request): string {
  return request.headers.get('user-agent') ?? ''
}
