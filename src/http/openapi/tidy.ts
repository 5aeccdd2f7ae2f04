import { LogPage } from '../../protocol/frames.ts'
import { createSchemas, type JsonSchema } from '../schemas.ts'
import type { Content, Document, Operation, Response } from './document.ts'
import { parameterWords, tagWords } from './words.ts'

/**
 * The plugin writes TypeBox schemas down as they are, and an answer's schema into the answer itself: OpenAPI 3.0 knows
 * neither `$id` nor `const`, and wants every answer, parameter and tag described.
 */
export function tidy(document: Document): Document {
  const { taken, sent, named } = createSchemas({ hasConst: false })
  const contentOf = (content: Content, write = sent): Content =>
    Object.fromEntries(
      Object.entries(content).map(([type, { schema }]) => [type, { schema: write(asNumber(schema)) }]),
    )

  function tidyOperation(name: string, operation: Operation): void {
    for (const parameter of operation.parameters ?? []) {
      parameter.schema = taken(asNumber(parameter.schema))
      parameter.description ??=
        (parameter.schema.description as string | undefined) ?? parameterWords[parameter.name]!
    }
    const body = operation.requestBody
    if (body) {
      const content = contentOf(oneTypeOf(body.content), taken)
      if (isEmpty(content)) delete operation.requestBody
      else operation.requestBody = { ...body, content }
    }
    const responses: Record<string, Response> = {}
    for (const [status, { content }] of Object.entries(operation.responses ?? {})) {
      const known = content ? { [status]: { content: oneTypeOf(content) } } : unsaid(name)
      for (const [actual, answer] of Object.entries<Response>(known)) {
        responses[actual] = {
          description: answer.description ?? said[actual] ?? 'Done',
          ...(answer.content ? { content: contentOf(answer.content) } : {}),
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

const said: Record<string, string> = { 200: 'Here it is', 201: 'Made', 204: 'Done' }

/** What a route answers that declares nothing: mostly nothing. */
function unsaid(name: string): Record<string, Response> {
  if (name.startsWith('GET /ws')) return { 101: { description: 'A WebSocket from here on' } }
  if (name === 'GET /metrics') return { 200: { content: { 'text/plain': { schema: { type: 'string' } } } } }
  if (name === 'GET /rooms/{room}/log') {
    return { 200: { content: { 'application/json': { schema: LogPage as unknown as JsonSchema } } } }
  }
  return { 204: {} }
}

/** The plugin offers every type a body could have; we speak JSON, and forms where OAuth wants them. */
function oneTypeOf(content: Content): Content {
  const json = content['application/json']
  return json ? { 'application/json': json } : content
}

const isEmpty = (content: Content): boolean =>
  Object.values(content).every(
    ({ schema }) => schema.type === 'object' && Object.keys(schema.properties ?? {}).length === 0,
  )

/** Elysia's whole number in a URL is a choice between a text and a number; to who asks it is a number. */
function asNumber(schema: JsonSchema): JsonSchema {
  const choices = schema.anyOf as JsonSchema[] | undefined
  if (choices?.[0]?.format !== 'integer') return schema
  const { description } = schema
  return { ...choices[1], ...(description === undefined ? {} : { description }) }
}
