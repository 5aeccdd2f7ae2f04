import { OptionalKind } from '@sinclair/typebox'
import { Problem } from '../../protocol/errors.ts'
import type { Route } from '../../protocol/route.ts'
import { routes } from '../../protocol/routes.ts'
import { exampleOf } from '../examples.ts'
import { createSchemas, type JsonSchema } from '../schemas.ts'
import { accessWords } from './access.ts'
import { bodiesOf } from './bodies.ts'
import type { Content, Document, Operation, Response } from './document.ts'
import { problemsOf } from './errors.ts'
import type { Facts } from './reasons.ts'
import { parameterWords, tagWords } from './words.ts'

/**
 * The plugin copies TypeBox schemas unchanged and inlines them into each response. OpenAPI 3.0 has neither `$id` nor
 * `const`, and requires a description of every response, parameter and tag. We add what the plugin does not know: which
 * bodies are optional, who may call, examples, and the problems with their reasons.
 */
export function tidy(document: Document): Document {
  const { received, sent, named } = createSchemas({ isJsonSchema: false })
  // The plugin’s copy of a schema has lost its `$id` and `examples`: the table of routes has them.
  const contentOf = (content: Content, declared: JsonSchema | undefined, write = sent): Content =>
    Object.fromEntries(
      Object.entries(content).map(([type, { schema: copy }]) => {
        const schema = declared ?? copy
        return [type, { schema: write(schema), ...examplesOf(schema) }]
      }),
    )

  function tidyOperation(name: string, operation: Operation): void {
    const row: Route | undefined = (routes as Record<string, Route>)[name]
    for (const parameter of operation.parameters ?? []) {
      parameter.schema = received(parameter.schema)
      // Swagger UI fills in the example, also that of an optional parameter.
      if (parameter.required) parameter.example = parameter.examples?.[0]
      delete parameter.examples
      delete parameter.schema.example
      parameter.description ??=
        (parameter.schema.description as string | undefined) ?? parameterWords[parameter.name]!
    }
    const body = bodyOf(row)
    if (body) operation.requestBody = { ...body, content: contentOf(body.content, undefined, received) }
    else delete operation.requestBody
    operation.description = row ? accessWords(row) : operation.description!
    const isSocket = name.startsWith('GET /ws')
    operation.security = operation.security ? signedIn : isSocket ? forSocket : []

    const facts: Facts = {
      name,
      row,
      isSecured: operation.security.length > 0,
      hasBody: operation.requestBody !== undefined,
      hasInput: operation.requestBody !== undefined || (operation.parameters?.length ?? 0) > 0,
    }
    operation.responses = {
      ...responsesOf(name, operation, row),
      ...problemsOf(facts),
    }
  }

  function responsesOf(name: string, operation: Operation, row: Route | undefined): Record<string, Response> {
    const reply = row?.reply as unknown as JsonSchema | undefined
    const responses: Record<string, Response> = {}
    for (const [status, { content }] of Object.entries(operation.responses ?? {})) {
      const known = content ? { [status]: { content: oneTypeOf(content, row) } } : undeclared(name, row)
      for (const [actual, response] of Object.entries<Response>(known)) {
        responses[actual] = {
          description: response.description ?? descriptions[actual] ?? 'Done',
          ...(response.content ? { content: contentOf(response.content, reply) } : {}),
        }
      }
    }
    return responses
  }

  sent(Problem)
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      tidyOperation(`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`, operation)
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

/** A client needs one of these. */
const signedIn = [{ bearer: [] }, { password: [] }]
const forSocket = [{ bearer: [] }, { ticket: [] }, { token: [] }]

const descriptions: Record<string, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'Done',
  303: 'Open the page',
}

/** One example, or one of each named object of a union. */
function examplesOf(schema: JsonSchema): Omit<Content[string], 'schema'> {
  const choices = (schema.anyOf ?? []) as JsonSchema[]
  if (choices.length === 0 || choices.some(({ $id }) => $id === undefined))
    return { example: exampleOf(schema) }
  return { examples: Object.fromEntries(choices.map((each) => [each.$id, { value: exampleOf(each) }])) }
}

/** The responses of a route that declares no schema: in most cases an empty 204. */
function undeclared(name: string, row: Route | undefined): Record<string, Response> {
  if (row?.replyIs === 'zip') {
    const schema = { type: 'string', format: 'binary', examples: ['PK…'] }
    return {
      200: { description: 'A zip file, sent while it is made', content: { 'application/zip': { schema } } },
    }
  }
  if (row?.replyIs === 'table') {
    const csv = { type: 'string', examples: ['id,at,actor,action,subject,room,detail\r\n'] }
    const jsonl = {
      type: 'string',
      examples: ['{"id":7,"at":"2026-11-20T19:42:04.946Z","action":"user.banned"}\n'],
    }
    return {
      200: {
        description: 'The entries, sent while they are read',
        content: { 'text/csv': { schema: csv }, 'application/jsonl': { schema: jsonl } },
      },
    }
  }
  if (row?.replyIs === 'file') {
    const schema = { type: 'string', format: 'binary', examples: ['…'] }
    return {
      200: { description: 'The bytes', content: { '*/*': { schema } } },
      206: { description: 'The part that `Range` asked for', content: { '*/*': { schema } } },
      304: { description: 'You have it already' },
    }
  }
  if (name.startsWith('GET /ws')) return { 101: { description: 'Switched to WebSocket' } }
  if (name === 'GET /metrics') {
    const schema = { type: 'string', examples: ['parley_sockets_open{node="0a1b2c3d"} 2\n'] }
    return { 200: { content: { 'text/plain': { schema } } } }
  }
  return { [row?.status ?? 204]: {} }
}

/** The plugin would say of every body that it is required, and of what type Elysia reads it as. */
function bodyOf(route: Route | undefined): Operation['requestBody'] {
  if (route?.bodyIs === 'file') return { required: true, content: bodiesOf(route, {}) }
  const schema = route?.body
  if (!schema || Object.keys(schema.properties ?? {}).length === 0) return undefined
  return {
    required: !(OptionalKind in schema),
    content: bodiesOf(route, schema as unknown as JsonSchema),
  }
}

/** The plugin lists every content type that a response could have. We use JSON where it is possible. */
function oneTypeOf(content: Content, row: Route | undefined): Content {
  const text = content['text/plain']
  if (row?.bodyIs === 'text' && text) return { 'text/plain': text }
  const json = content['application/json']
  return json ? { 'application/json': json } : content
}
