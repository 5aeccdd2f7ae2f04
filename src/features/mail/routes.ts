import type { RouteTable } from '../../scope.ts'
import { limitAttempts } from '../auth/rates.ts'
import { changeMailSettings, sendConfirmation, showMailSettings } from './account.ts'
import { languageOf } from './languages.ts'
import { readToken, unsubscribe } from './unsubscribe.ts'

export const mailRoutes = {
  'POST /users/me/confirmation': ({ scope, request }) => sendConfirmation(scope, request),
  'GET /users/me/mail': ({ scope }) => showMailSettings(scope),
  'PATCH /users/me/mail': ({ scope, body, request }) => changeMailSettings(scope, body, languageOf(request)),
  async 'POST /mail/unsubscribe/:secret'({ tools, params, request }) {
    limitAttempts(tools, 'one_time_link', tools.http.addressOf(request))
    await unsubscribe(tools, params.secret)
  },
  // A mail program that does not know RFC 8058 opens it. Nothing is changed by that: programs open links too.
  'GET /mail/unsubscribe/:secret'({ tools, params }) {
    readToken(tools, params.secret)
    return new Response(null, { status: 303, headers: { location: `/#unsubscribe=${params.secret}` } })
  },
} satisfies RouteTable
