import { isAdmin, type RouteTable } from '../../scope.ts'
import { bearerToken, whoAsks } from '../auth/guard.ts'
import { welcome } from '../auth/hand.ts'
import { slowDown } from '../auth/rates.ts'
import { signUp } from './signup.ts'

export const signupRoutes = {
  async 'POST /auth/signup'(call) {
    const { tools, body, query, request } = call
    const asking = bearerToken(request) === undefined ? undefined : (await whoAsks(tools, request)).scope
    // Administrators are known, and may bring a whole school from one address.
    if (!asking || !isAdmin(asking)) slowDown(tools, 'signup', tools.http.addressOf(request))
    return welcome(call, await signUp(tools, body, asking, query.invite))
  },
} satisfies RouteTable
