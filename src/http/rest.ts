import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import { type AnyElysia, Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'
import { pathParameters, type Route } from '../protocol/route.ts'
import { type RouteName, routesByTag } from '../protocol/routes.ts'
import { isAdmin, type RouteTable, type Scope, type Tools } from '../scope.ts'
import type { Span } from '../traces.ts'
import { bytesOf, readBody, readText } from './body.ts'
import { refuseRepeated, urlReader } from './url.ts'

/** What Elysia passes to a handler. */
type Context = {
  scope: Scope
  params: unknown
  query: unknown
  body?: unknown
  request: Request
  set: { status?: number | string; headers: Record<string, unknown> }
}

type Registrar = { route(method: string, path: string, handler: unknown, options: object): unknown }

/**
 * Registers the protocol's table of routes with Elysia, which checks requests by the schemas of the table. `guard` provides
 * the macro `auth`, which public routes do not use. `RouteTable` types each handler by its row; this loop, which handles
 * all rows, cannot.
 */
export function restRoutes(tools: Tools, guard: AnyElysia, handlers: Required<RouteTable>) {
  const app = new Elysia({ name: 'rest' }).use(guard)
  for (const [tag, routes] of Object.entries(routesByTag)) {
    for (const [name, route] of Object.entries<Route>(routes)) {
      const [method, path] = name.split(' ') as [string, string]
      const run = handlers[name as RouteName] as (call: object) => unknown
      ;(app as Registrar).route(method, path, handlerOf(tools, name, route, run), {
        ...readingOf(tools, route, schemasOf(path, route)),
        ...(route.access === 'public' ? {} : { auth: route }),
        detail: { tags: [tag], summary: route.summary },
      })
    }
  }
  return app
}

/** Elysia reads the source of a handler to find what it uses: it parses a body only if the handler names `body`. */
function handlerOf(tools: Tools, name: string, route: Route, handle: (call: object) => unknown) {
  const { reply, replyIs, status = reply || replyIs ? 200 : 204 } = route

  async function run({ set, ...request }: Context) {
    const call = { ...request, tools, headers: set.headers }
    const span = tools.traces?.of(request.request)
    const result = await (span ? inSpan(span, name, () => handle(call)) : handle(call))
    if (name.startsWith('GET ') && route.access !== 'public') await askAgain(request.scope, route, result)
    if (result instanceof Response) return result
    set.status = status
    return reply ? result : undefined
  }

  return route.body
    ? ({ scope, params, query, body, request, set }: Context) =>
        run({ scope, params, query, body, request, set })
    : ({ scope, params, query, request, set }: Context) => run({ scope, params, query, request, set })
}

async function inSpan<Result>(
  span: Span,
  name: string,
  verb: () => Result | Promise<Result>,
): Promise<Result> {
  const own = span.child(`verb ${name}`)
  try {
    return await own.within(verb)
  } finally {
    own.end()
  }
}

/** What was read is sent only to somebody who may still have it. What was written is written. */
async function askAgain(scope: Scope, { access }: Route, result: unknown): Promise<void> {
  try {
    await scope.recheck()
    if (access === 'admin' && !isAdmin(scope)) throw new ChatError('admins_only')
  } catch (error) {
    if (result instanceof Response) await result.body?.cancel()
    throw error
  }
}

function schemasOf(path: string, { query, body, bodyIs, reply, status }: Route) {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as keyof typeof pathParameters)
  const params: Record<string, TSchema> = Object.fromEntries(
    names.map((name) => [name, pathParameters[name]]),
  )
  return {
    ...(names.length > 0 ? { params: closed(Type.Object(params)) } : {}),
    ...(query ? { query: closed(query) } : {}),
    ...(body && bodyIs !== 'text' ? { body } : {}),
    ...(reply ? { response: { [status ?? 200]: reply } } : {}),
  }
}

/** Unknown names are refused. */
const closed = (schema: TObject): TObject => Type.Object(schema.properties, { additionalProperties: false })

type Schemas = ReturnType<typeof schemasOf>
type Given = Pick<Context, 'request'> & { params: object; query: object; body: ArrayBuffer }

/** Elysia gets the request as we read it, and checks it by the schemas. */
function readingOf({ policy }: Tools, { bodyIs }: Route, schemas: Schemas) {
  const { params, query, body } = schemas
  const inPath = params && urlReader(params)
  const inQuery = query && urlReader(query)
  const transform = [
    ...(inPath ? [({ params }: Given) => ({ params: inPath({ ...params }) })] : []),
    ...(inQuery
      ? [
          ({ request, query: given }: Given) => {
            refuseRepeated(request, query)
            return { query: inQuery({ ...given }) }
          },
        ]
      : []),
    ...(bodyIs === 'text'
      ? [({ body }: Given) => ({ body: readText(body, policy.limits.frame_bytes) })]
      : []),
    ...(body && bodyIs !== 'text' && bodyIs !== 'file'
      ? [
          ({ request, body }: Given) => ({
            body: readBody(bodyIs ?? 'json', request, body, policy.limits.frame_bytes),
          }),
        ]
      : []),
  ]
  const parse = ({ request }: Given) => bytesOf(request, policy.limits.frame_bytes)
  return { ...schemas, transform, ...(body || bodyIs === 'text' ? { parse } : {}) }
}
