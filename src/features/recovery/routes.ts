import type { RouteTable, Tools } from '../../scope.ts'
import { knownDevice } from '../auth/devices.ts'
import { notifyEntered } from '../auth/entered.ts'
import { requireOrigin } from '../auth/guard.ts'
import { limitAttempts } from '../auth/rates.ts'
import { respondWithSession, userAgent } from '../auth/session-response.ts'
import { languageOf } from '../mail/languages.ts'
import { confirmEmail } from './confirm-email.ts'
import { forgot } from './forgot.ts'
import { createSignInLink } from './sign-in-link.ts'
import { resetPassword, signInByLink } from './use-link.ts'

export const recoveryRoutes = {
  async 'POST /auth/forgot'({ tools, body, request }) {
    limitAttempts(tools, 'forgot', tools.http.addressOf(request))
    await forgot(tools, body.email, languageOf(request))
  },
  async 'POST /auth/reset'({ tools, body, request }) {
    limitLinks(tools, request)
    await resetPassword(tools, body)
  },
  async 'POST /auth/confirm'({ tools, body, request }) {
    limitLinks(tools, request)
    await confirmEmail(tools, body.token)
  },
  async 'POST /auth/link'(call) {
    const { tools, body, request } = call
    limitLinks(tools, request)
    // Before the link is used up.
    if (request.headers.get('x-session') === 'cookie') requireOrigin(tools, request)
    const { person, pair } = await signInByLink(tools, body, userAgent(request))
    const isKnown = (await knownDevice(tools, request, person.id)) !== undefined
    await notifyEntered(tools, { person, request, on: isKnown ? 'known_device' : 'new_device' })
    return respondWithSession(call, person, pair)
  },
  'POST /users/:username/sign-in-link': ({ scope, params, request }) =>
    createSignInLink(scope, params.username, scope.http.originOf(request)),
} satisfies RouteTable

const limitLinks = (tools: Tools, request: Request): void =>
  limitAttempts(tools, 'one_time_link', tools.http.addressOf(request))
