import { Elysia } from 'elysia'
import { ChatError } from '../../protocol/errors.ts'
import type { Route } from '../../protocol/route.ts'
import { isAdmin, type Scope, type Tools } from '../../scope.ts'
import { readCookie } from './cookies.ts'
import { permitRoute } from './permits.ts'
import { type Identity, identify } from './sessions.ts'
import { signerOf } from './signed.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

type Guarded = Extract<Route, { budget: unknown }>
type Given = Record<string, string | undefined>

/** The macro `auth` checks that the request may use this route, and gives its handler the `scope` of the actor. */
export const guard = (tools: Tools) => {
  async function actorOf(request: Request, { signed }: Guarded, params: Given, query: Given): Promise<Scope> {
    if (signed && query.sig !== undefined) return signerOf(tools, query.sig, params.file ?? '')
    return (await identifyRequest(tools, request)).scope
  }

  return new Elysia({ name: 'guard', seed: tools.memory }).macro({
    auth: (route: Guarded) => ({
      detail: { security: [{ bearer: [] }] },
      async resolve({ request, params, query }) {
        const scope = await actorOf(request, route, params, query)
        permitRoute(scope, route, params)
        if (route.access === 'admin' && !isAdmin(scope)) throw new ChatError('admins_only')
        return { scope }
      },
    }),
  })
}

/** Identifies the actor by bearer token or cookie. With a cookie, an Origin must be an allowed one, and a request that `changes` something needs it. */
export async function identifyRequest(
  tools: Tools,
  request: Request,
  { changes = false } = {},
): Promise<Identity> {
  const token = bearerToken(request)
  if (token !== undefined) return identify(tools, token)
  const cookie = readCookie(tools, request, 'parley_access')
  if (cookie === undefined) throw new ChatError('not_signed_in')
  // A browser sends none when a page reads from its own origin.
  const reads = !changes && safeMethods.has(request.method)
  if (!reads || request.headers.has('origin')) requireOrigin(tools, request)
  return identify(tools, cookie)
}

export function requireOrigin(tools: Tools, request: Request): void {
  if (!tools.http.allowsOrigin(request)) {
    throw new ChatError('origin_not_allowed')
  }
}

/** RFC 6750 section 2.1. A malformed header counts as a wrong token, not as a missing one. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get('authorization')
  if (header === null) return undefined
  return /^Bearer +([^\s]+)$/i.exec(header)?.[1] ?? ''
}
