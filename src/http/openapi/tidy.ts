import { OptionalKind } from '@sinclair/typebox'
import { LogPage } from '../../protocol/frames.ts'
import type { Route } from '../../protocol/route.ts'
import { type RouteName, routes } from '../../protocol/routes.ts'
import { createSchemas, type JsonSchema } from '../schemas.ts'
import { bodiesOf } from './bodies.ts'
import type { Content, Document, Operation, Response } from './document.ts'
import { parameterWords, tagWords } from './words.ts'

/**
 * The plugin copies TypeBox schemas unchanged and inlines them into each response. OpenAPI 3.0 has neither `$id` nor
 * `const`, and requires a description of every response, parameter and tag.
 */
export function tidy(document: Document): Document {
  const { received, sent, named } = createSchemas({ hasConst: false })
  const contentOf = (content: Content, write = sent): Content =>
    Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, { schema: write(schema) }]))

  function tidyOperation(name: string, operation: Operation): void {
    for (const parameter of operation.parameters ?? []) {
      parameter.schema = received(parameter.schema)
      parameter.description ??=
        (parameter.schema.description as string | undefined) ?? parameterWords[parameter.name]!
    }
    const body = bodyOf(name)
    if (body) operation.requestBody = { ...body, content: contentOf(body.content, received) }
    else delete operation.requestBody
    const responses: Record<string, Response> = {}
    for (const [status, { content }] of Object.entries(operation.responses ?? {})) {
      const known = content ? { [status]: { content: oneTypeOf(content) } } : undeclared(name)
      for (const [actual, response] of Object.entries<Response>(known)) {
        responses[actual] = {
          description: response.description ?? descriptions[actual] ?? 'Done',
          ...(response.content ? { content: contentOf(response.content) } : {}),
        }
      }
    }
    operation.responses = responses
  }

  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      tidyOperation(`${method.toUpperCase()} ${path}`, operation)
    }
  }
  const used = new Set(
    Object.values(document.paths).flatMap((each) => Object.values(each).flatMap(({ tags }) => tags ?? [])),
  )
  const order = [...new Set([...Object.keys(tagWords), ...used])].filter((tag) => used.has(tag))
  document.tags = order.map((name) => ({ name, ...(tagWords[name] ? { description: tagWords[name] } : {}) }))
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...named } }
  return document
}

const descriptions: Record<string, string> = { 200: 'OK', 201: 'Created', 204: 'Done' }

/** The responses of a route that declares no schema: in most cases an empty 204. */
function undeclared(name: string): Record<string, Response> {
  if (name.startsWith('GET /ws')) return { 101: { description: 'Switched to WebSocket' } }
  if (name === 'GET /metrics') return { 200: { content: { 'text/plain': { schema: { type: 'string' } } } } }
  if (name === 'GET /rooms/{room}/log') {
    return { 200: { content: { 'application/json': { schema: LogPage as unknown as JsonSchema } } } }
  }
  return { 204: {} }
}

/** The plugin would say of every body that it is required, and of what type Elysia reads it as. */
function bodyOf(name: string): Operation['requestBody'] {
  const route: Route | undefined = routes[name.replace(/\{(\w+)\}/g, ':$1') as RouteName]
  const schema = route?.body
  if (!schema || Object.keys(schema.properties ?? {}).length === 0) return undefined
  return {
    required: !(OptionalKind in schema),
    content: bodiesOf(route, schema as unknown as JsonSchema),
  }
}

/** The plugin lists every content type that a response could have. We use JSON where it is possible. */
function oneTypeOf(content: Content): Content {
  const json = content['application/json']
  return json ? { 'application/json': json } : content
}
