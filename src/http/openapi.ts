import { swagger } from '@elysiajs/swagger'
import { type AnyElysia, Elysia } from 'elysia'
import { errorCodes } from '../protocol/codes.ts'
import { Problem } from '../protocol/errors.ts'
import { describeReasons, refusals } from '../protocol/refusals.ts'
import type { Document } from './openapi/document.ts'
import { errorsOf, refusal } from './openapi/errors.ts'
import { tidy } from './openapi/tidy.ts'
import { createSchemas } from './schemas.ts'

/**
 * The OpenAPI document of the routes. The plugin generates it in a separate application that is never served, because the
 * plugin's page loads scripts from a CDN.
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
            description:
              'A self-hosted chat: no message lost, doubled or reordered. Its sockets are described in [/asyncapi.json](/asyncapi.json).',
            license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
          },
          servers: [{ url: publicUrl ?? '/' }],
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
  return tidy(withErrors((await response.json()) as Document))
}

/** Adds to each operation the errors that it can return. */
function withErrors(document: Document): Document {
  const { sent, named } = createSchemas({ hasConst: false })
  sent(Problem)
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...named } }
  document['x-reasons'] = describeReasons(refusals)
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      if (operation.security) operation.security = [{ bearer: [] }, { password: [] }]
      operation.responses ??= {}
      for (const code of errorsOf(path, operation)) {
        operation.responses[errorCodes[code].status] ??= refusal(code)
      }
    }
  }
  return document
}
