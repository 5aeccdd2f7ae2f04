import { Elysia } from 'elysia'
import { ChatError } from '../protocol/errors.ts'
import { routes } from '../protocol/routes.ts'
import type { Tools } from '../scope.ts'
import type { Traces } from '../traces.ts'
import { takesFiles } from './files.ts'
import { hasGoodHost, pathOf } from './host.ts'

const corsMethods = 'GET, POST, PUT, PATCH, DELETE'
const corsHeaders = 'authorization, content-type, x-session, x-file-name, range'

/** The page can load only our own files, run no inline script, and no other page can put it in a frame. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

type FrameOptions = { secure: boolean; mayCall(origin: string): boolean }

/** For every request: request id, security headers, CORS, size limit, access log. */
export const httpFrame = (tools: Tools, { secure, mayCall }: FrameOptions) => {
  const started = new WeakMap<Request, { at: number; id: string }>()
  return new Elysia({ name: 'frame' })
    .onRequest(({ request, set }) => {
      const id = crypto.randomUUID()
      started.set(request, { at: performance.now(), id })
      if (tools.traces) beginRequest(tools.traces, request)
      const { headers } = set
      headers['x-request-id'] = id
      // Whatever says nothing else is personal or changes: a new route cannot forget it. Files of the page say something else.
      headers['cache-control'] = 'no-store'
      headers['content-security-policy'] = contentSecurityPolicy
      headers['x-content-type-options'] = 'nosniff'
      headers['referrer-policy'] = 'no-referrer'
      headers['x-frame-options'] = 'DENY'
      headers['cross-origin-opener-policy'] = 'same-origin'
      headers['cross-origin-resource-policy'] = 'same-origin'
      headers['permissions-policy'] = 'camera=(), microphone=(), geolocation=()'
      if (secure) headers['strict-transport-security'] = 'max-age=31536000'
      if (!hasGoodHost(request)) throw new ChatError('bad_host')
      const origin = request.headers.get('origin')
      if (origin !== null && mayCall(origin)) {
        headers['access-control-allow-origin'] = origin
        headers['access-control-allow-credentials'] = 'true'
        headers['access-control-expose-headers'] =
          'x-request-id, retry-after, content-range, content-disposition, etag'
        headers['cross-origin-resource-policy'] = 'cross-origin'
        headers.vary = 'Origin'
        if (request.method === 'OPTIONS') {
          headers['access-control-allow-methods'] = corsMethods
          headers['access-control-allow-headers'] = tools.traces
            ? `${corsHeaders}, traceparent, tracestate`
            : corsHeaders
          headers['access-control-max-age'] = '600'
          set.status = 204
          return new Response(null, { status: 204 })
        }
      }
      const max = tools.policy.limits.frame_bytes
      // Thrown, because what is returned here is neither logged nor counted.
      if (Number(request.headers.get('content-length') ?? 0) > max && !takesFiles(request))
        throw new ChatError('body_too_large', { max })
      // No name or cursor contains a NUL, and Postgres refuses one even in a query.
      if (/%00/.test(request.url)) throw new ChatError('bad_address')
    })
    .onAfterResponse({ as: 'global' }, ({ request, set, route, response }) => {
      const begun = started.get(request)
      const took = begun ? performance.now() - begun.at : 0
      const status = response instanceof Response ? response.status : statusOf(set.status)
      tools.metrics.httpAnswered(request.method, route || 'unmatched', status, took / 1000)
      const level = status >= 500 ? 'error' : status >= 400 || request.method !== 'GET' ? 'info' : 'debug'
      const path = pathOf(request)
      const trace = tools.traces?.of(request)
      if (trace && isRoute(request.method, route))
        trace.end({
          name: `${request.method} ${route}`,
          attributes: {
            'http.request.method': request.method,
            'http.route': route,
            'http.response.status_code': status,
            'parley.request': begun?.id,
          },
          error: status >= 500 ? String(status) : undefined,
        })
      tools.log[level]('answered', {
        request: begun?.id,
        method: request.method,
        path,
        status,
        ms: Math.round(took),
        ...(trace && { trace: trace.traceId }),
      })
    })
}

function beginRequest(traces: Traces, request: Request): void {
  const span = traces.begin(request.method, 'server', request.headers.get('traceparent'))
  if (span) traces.attach(request, span)
}

/** Files of the page, health and metrics would fill the collector with what nobody looks for. */
const isRoute = (method: string, route: string): boolean => Object.hasOwn(routes, `${method} ${route}`)

function statusOf(status: unknown): number {
  return typeof status === 'number' ? status : 200
}
