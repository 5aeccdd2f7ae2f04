import { Elysia } from 'elysia'
import type { Config } from '../config.ts'
import { constantTimeEqual } from '../crypto/keys.ts'
import { mergeTexts } from '../metrics/merge.ts'
import { ChatError } from '../protocol/errors.ts'
import type { Tools } from '../scope.ts'
import { isForwarded, isLoopbackHost } from './host.ts'

const loopback = /^(127\.|::1$|::ffff:127\.)/

type MetricsRule = Pick<Config, 'metrics' | 'metricsToken'>

type Sources = {
  peerOf(request: Request): string | undefined
  /** The texts of the other workers, which share this port: a scrape reaches any one of them. */
  others(): Promise<string[]>
}

export const metricsRoutes = (tools: Tools, rule: MetricsRule, { peerOf, others }: Sources) =>
  new Elysia({ name: 'metrics', tags: ['operation'] }).get(
    '/metrics',
    async ({ request }) => {
      checkAccess(request, rule, peerOf)
      const text = mergeTexts([tools.metrics.text(), ...(await others())])
      return new Response(text, { headers: { 'content-type': tools.metrics.contentType } })
    },
    {
      detail: {
        summary: 'Get metrics for Prometheus (if METRICS allows it)',
        description:
          'In Prometheus’ text format. The settings METRICS and METRICS_TOKEN say who may get them.',
      },
    },
  )

function checkAccess(
  request: Request,
  { metrics: rule, metricsToken }: MetricsRule,
  peerOf: (request: Request) => string | undefined,
): void {
  if (rule.access === 'on') return
  // A proxy on this machine connects from loopback too, but its requests come from elsewhere; a page of another site can make
  // a browser on this machine connect.
  const local =
    loopback.test(peerOf(request) ?? '') &&
    isLoopbackHost(request.headers.get('host')) &&
    !isForwarded(request)
  if (rule.access === 'loopback' && local) return
  const given = request.headers.get('authorization') ?? ''
  const tokens = rule.access === 'token' ? [rule.token, metricsToken] : [metricsToken]
  const isAllowed = tokens.some((token) => token !== undefined && constantTimeEqual(given, `Bearer ${token}`))
  if (rule.access !== 'off' && isAllowed) return
  throw new ChatError('nothing_here')
}
