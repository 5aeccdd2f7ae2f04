import { join } from 'node:path'
import { Kind, OptionalKind, type TSchema, Type } from '@sinclair/typebox'
import { commandRows } from '../../src/protocol/command-rows.ts'
import { commands } from '../../src/protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../src/protocol/events.ts'
import { pathParameters, type Route } from '../../src/protocol/route.ts'
import { routes } from '../../src/protocol/routes.ts'

/*
 * The types of the protocol, generated from its schemas, so that users of the SDK do not need TypeBox.
 * tests/sdk/types.test.ts checks that each is the same type as TypeBox's own.
 */

const folder = join(import.meta.dir, '../../src/protocol')

type Written = { comment?: string | undefined; text: string }
type Print = (schema: TSchema) => string

/** The types that `src/protocol` computes from its tables. */
const computed: Record<string, (print: Print) => string> = {
  Commands: (print) => table(commands, (schema) => print(withoutEnvelope(schema))),
  Replies: (print) => table(repliesOf(commandRows), print),
  Routes: (print) => routeTable(print),
  RouteName: () => 'keyof Routes',
  FileRoute: () => fileRoutes(),
  CommandName: () => 'keyof Commands',
  DurableKind: () => "DurableEvent['type']",
  DurableEvent: (print) => union(durableEvents, print),
  EphemeralEvent: (print) => union(ephemeralEvents, print),
  UserEvent: (print) => union(userEvents, print),
  Event: () => 'DurableEvent | EphemeralEvent | UserEvent',
  'Params<Name extends CommandName>': () => 'Commands[Name]',
  'ReplyData<Name extends CommandName>': () => 'Replies[Name]',
  'RouteParams<Name extends RouteName>': () => "Routes[Name]['params']",
  'RouteQuery<Name extends RouteName>': () => "Routes[Name]['query']",
  'RouteBody<Name extends RouteName>': () => "Routes[Name]['body']",
  'RouteReply<Name extends RouteName>': () => "Routes[Name]['reply']",
}
const isComputed = new Set(Object.keys(computed).map((head) => head.split('<')[0]))

const comments: Record<string, string> = {
  Commands: 'The fields of each command.',
  Replies: 'The `data` of the reply to each command.',
  Routes: 'The types of each route: path parameters, query, body and response.',
  DurableEvent: 'Stored in the log of a room, with a `seq`.',
  EphemeralEvent: 'Without a `seq` and not stored.',
  UserEvent: 'Sent to all sockets of one user.',
}

/** A module that declares these types and all types that they refer to. */
export async function protocolTypes(wanted: Iterable<string>): Promise<string> {
  const { schemas, comments: said } = await readSchemas()
  const names = new Map([...schemas].map(([name, schema]) => [schema, name]))
  const written = new Map<string, Written>()

  function mention(name: string): string {
    const schema = schemas.get(name)
    if (written.has(name) || isComputed.has(name)) return name
    if (!schema) throw new Error(`src/protocol has no schema ${name}`)
    written.set(name, { text: '' })
    written.set(name, { comment: said.get(name) ?? schema.description, text: printed(schema) })
    return name
  }

  /** The name of a schema if it has one: the copies that TypeBox makes have only their `$id`. */
  function print(schema: TSchema, depth = 0): string {
    const name = schema.type === 'object' ? (names.get(schema) ?? schema.$id) : schema.$id
    return name && schemas.has(name) ? mention(name) : printed(schema, depth)
  }

  function printed(schema: TSchema, depth = 0): string {
    if ('const' in schema) return typeof schema.const === 'string' ? `'${schema.const}'` : `${schema.const}`
    if (schema.anyOf) return printUnion(schema.anyOf, depth)
    if (schema.patternProperties)
      return `Record<string, ${print(Object.values<TSchema>(schema.patternProperties)[0]!, depth)}>`
    if (schema.type === 'array') return `Array<${print(schema.items, depth)}>`
    if (schema.type === 'object') return printObject(schema.properties, depth)
    if (schema.type === 'integer') return 'number'
    if (['string', 'number', 'boolean', 'null'].includes(schema.type)) return schema.type
    if (schema[Kind] === 'Unknown') return 'unknown'
    throw new Error(`No type for ${JSON.stringify(schema)}`)
  }

  function printUnion(members: TSchema[], depth: number): string {
    const isDurable = members.every((each) => each.properties?.type?.const in durableEvents)
    return isDurable ? 'DurableEvent' : members.map((each) => print(each, depth)).join(' | ')
  }

  function printObject(properties: Record<string, TSchema>, depth: number): string {
    const fields = Object.entries(properties)
    if (fields.length === 0) return 'Record<never, never>'
    const indent = '  '.repeat(depth + 1)
    const lines = fields.map(([key, field]) => {
      const comment = field.description && !field.$id ? `${indent}/** ${field.description} */\n` : ''
      return `${comment}${indent}${quoted(key)}${OptionalKind in field ? '?' : ''}: ${print(field, depth + 1)}\n`
    })
    return `{\n${lines.join('')}${'  '.repeat(depth)}}`
  }

  for (const [head, compute] of Object.entries(computed))
    written.set(head, { comment: comments[head], text: compute((schema) => print(schema)) })
  for (const name of wanted) mention(name)
  return [...written]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([head, { comment, text }]) => `${comment ? `/** ${comment} */\n` : ''}export type ${head} = ${text}\n`,
    )
    .join('\n')
}

async function readSchemas() {
  const schemas = new Map<string, TSchema>()
  const comments = new Map<string, string>()
  for (const file of [...new Bun.Glob('*.ts').scanSync(folder)].sort()) {
    const source = await Bun.file(join(folder, file)).text()
    for (const [, comment, name] of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)/g))
      comments.set(name!, comment!.replace(/\s*\n \* ?/g, ' ').trim())
    for (const [name, value] of Object.entries(await import(join(folder, file))))
      if (value && typeof value === 'object' && Kind in value) schemas.set(name, value as TSchema)
  }
  return { schemas, comments }
}

const quoted = (key: string) => (/^\w+$/.test(key) ? key : `'${key}'`)

const repliesOf = (rows: typeof commandRows): Record<string, TSchema> =>
  Object.fromEntries(Object.entries(rows).map(([name, { reply }]) => [name, reply]))

const table = (rows: Record<string, TSchema>, print: Print) =>
  `{\n${Object.entries(rows)
    .map(([key, schema]) => `  ${quoted(key)}: ${print(schema)}\n`.replaceAll('\n', '\n  ').trimEnd())
    .join('\n')}\n}`

const fileRoutes = () =>
  Object.entries<Route>(routes)
    .flatMap(([name, { replyIs }]) => (replyIs ? [`'${name}'`] : []))
    .join(' | ')

const routeTable = (print: Print) =>
  `{\n${Object.entries<Route>(routes)
    .map(([name, { query, body, reply }]) => {
      const names = [...name.matchAll(/:(\w+)/g)].map(([, each]) => each as keyof typeof pathParameters)
      const params = Type.Object(Object.fromEntries(names.map((each) => [each, pathParameters[each]])))
      const parts = {
        params: print(params),
        query: print(query ?? Type.Object({})),
        body: body ? `${print(body)}${OptionalKind in body ? ' | undefined' : ''}` : 'undefined',
        reply: reply ? print(reply) : 'undefined',
      }
      const lines = Object.entries(parts).map(([key, text]) => `${key}: ${text.replaceAll('\n', '\n    ')}`)
      return `  '${name}': {\n    ${lines.join('\n    ')}\n  }`
    })
    .join('\n')}\n}`

const union = (rows: Record<string, TSchema>, print: Print) =>
  Object.values(rows)
    .map((schema) => `\n  | ${print(schema).replaceAll('\n', '\n    ')}`)
    .join('')

function withoutEnvelope(schema: TSchema): TSchema {
  const { $id: _, ...rest } = schema
  const { type: __, ref: ___, ...properties } = schema.properties
  return { ...rest, properties } as TSchema
}
