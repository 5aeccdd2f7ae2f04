import { swagger } from '@elysiajs/swagger'
import { type AnyElysia, Elysia } from 'elysia'
import { describeReasons, refusals } from '../protocol/refusals.ts'
import type { Document } from './openapi/document.ts'
import { tidy } from './openapi/tidy.ts'

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
              'A self-hosted chat: no message lost, doubled or reordered. Its sockets are described in [/asyncapi.json](/asyncapi.json). Fields and reasons may be added, and none is renamed or removed.',
            license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
          },
          servers: [{ url: publicUrl ?? '/' }],
          components: {
            securitySchemes: {
              bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
              password: { type: 'oauth2', flows: { password: { tokenUrl: '/auth/token', scopes: {} } } },
              // Sockets only, for clients that cannot set a header.
              ticket: { type: 'apiKey', in: 'query', name: 'ticket' },
              token: { type: 'apiKey', in: 'query', name: 'token' },
            },
          },
        },
      }),
    )
    .use(api)
  await generator.modules
  const response = await generator.handle(new Request('http://localhost/swagger/json'))
  const document = tidy((await response.json()) as Document)
  document['x-reasons'] = describeReasons(refusals)
  return document
}
