import { isAdmin, type RouteTable } from '../../scope.ts'
import { bearerToken, identifyRequest } from '../auth/guard.ts'
import { limitAttempts } from '../auth/rates.ts'
import { signInNewUser } from '../auth/session-response.ts'
import { createWithLink } from './by-admin.ts'
import { signUp } from './signup.ts'

export const signupRoutes = {
  async 'POST /auth/signup'(call) {
    const { tools, body, query, request } = call
    const asking =
      bearerToken(request) === undefined ? undefined : (await identifyRequest(tools, request)).scope
    // Administrators are known, and may bring a whole school from one address.
    if (!asking || !isAdmin(asking)) limitAttempts(tools, 'signup', tools.http.addressOf(request))
    return signInNewUser(call, await signUp(tools, body, asking, query.invite))
  },
  'POST /users': ({ scope, body, request }) => createWithLink(scope, body, scope.http.originOf(request)),
} satisfies RouteTable
