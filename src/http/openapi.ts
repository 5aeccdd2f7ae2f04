import { swagger } from '@elysiajs/swagger'
import { type AnyElysia, Elysia } from 'elysia'
import { type ErrorCode, errorCodes, Problem } from '../protocol/errors.ts'

type Operation = {
  security?: unknown
  parameters?: { in: string }[]
  requestBody?: unknown
  responses?: Record<string, unknown>
  tags?: string[]
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, unknown>; securitySchemes?: Record<string, unknown> }
}

/**
 * The OpenAPI document of these routes. The plugin only generates it, in an application of its own that is never
 * served: its page would load scripts from a CDN.
 */
export async function describeApi(
  api: AnyElysia,
  version: string,
  publicUrl: string | undefined,
): Promise<Document> {
  const generator = new Elysia()
    .use(
      swagger({
        path: '/swagger',
        exclude: [/^\/swagger/],
        documentation: {
          info: {
            title: 'Parley',
            version,
            description: 'A self-hosted chat: no message lost, doubled or reordered.',
          },
          ...(publicUrl === undefined ? {} : { servers: [{ url: publicUrl }] }),
          components: {
            securitySchemes: {
              bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
              password: { type: 'oauth2', flows: { password: { tokenUrl: '/auth/token', scopes: {} } } },
            },
          },
        },
      }),
    )
    .use(api)
  await generator.modules
  const response = await generator.handle(new Request('http://localhost/swagger/json'))
  return withErrors((await response.json()) as Document)
}

/** Every operation with the errors it can meet, derived from what it takes. */
function withErrors(document: Document): Document {
  document.components ??= {}
  document.components.schemas = { ...document.components.schemas, Problem }
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      if (operation.security) operation.security = [{ bearer: [] }, { password: [] }]
      const codes = errorsOf(path, operation)
      operation.responses ??= {}
      for (const code of codes) operation.responses[errorCodes[code].status] ??= refusal(code)
      if (!Object.keys(operation.responses).some((status) => status.startsWith('2'))) {
        operation.responses['204'] = { description: 'Done' }
      }
    }
  }
  return document
}

function errorsOf(path: string, operation: Operation): ErrorCode[] {
  const secured = operation.security !== undefined
  const body = operation.requestBody !== undefined
  return [
    ...(body ? (['bad_request', 'too_large'] as const) : []),
    ...(secured || path.startsWith('/auth/') || path.startsWith('/ws')
      ? (['unauthenticated', 'forbidden'] as const)
      : []),
    ...(path.includes('{') ? (['not_found'] as const) : []),
    ...(body && (path === '/auth/signup' || secured) ? (['conflict'] as const) : []),
    ...(path.includes('{seq}') ? (['gone'] as const) : []),
    ...(body || (operation.parameters?.length ?? 0) > 0 ? (['invalid'] as const) : []),
    'rate_limited',
    'internal',
    'unavailable',
  ]
}

function refusal(code: ErrorCode) {
  return {
    description: `\`${code}\`: ${errorCodes[code].title}`,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}
