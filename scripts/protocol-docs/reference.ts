import { replyTo } from '../../src/http/asyncapi/messages.ts'
import type { SocketDocument } from '../../src/http/asyncapi.ts'
import type { JsonSchema } from '../../src/http/schemas.ts'
import { commandRows } from '../../src/protocol/command-rows.ts'
import { type CommandName, commands } from '../../src/protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../src/protocol/events.ts'
import { Time } from '../../src/protocol/fields.ts'
import { operatorRefusals } from '../../src/protocol/operator-refusals.ts'
import { describeReasons } from '../../src/protocol/refusals.ts'
import { typeOf } from './types.ts'

/** The AsyncAPI document as Markdown. */
export function reference(document: SocketDocument): string {
  const { messages, schemas } = document.components
  const payload = (key: string) => schemas[messages[key]!.title]!
  const numbered = ['type', 'room', 'epoch', 'seq', 'at', 'actor']
  const events = (keys: string[], known: string[]) =>
    keys.map((key) => [`\`${key}\``, fieldsOf(payload(key), known), messages[key]!.summary])
  const eventTable = (table: object, known = ['type']) =>
    rows(['Event', 'Fields', ''], events(Object.keys(table), known))
  // These have their own chapters, or stand with their command.
  const shown = new Set([
    ...Object.values(messages).map(({ title }) => title),
    ...Object.values(commandRows).map(({ reply }) => reply.$id!),
    'Limits',
  ])
  for (const name of linked) shown.delete(name)
  const frames = ['hello', 'room.ready', 'server.ping', 'error']

  return [
    '# Reference',
    '`?` marks an optional field. Lengths of text are in UTF-16 code units. Times are ISO 8601, in UTC, with milliseconds.',
    '## Commands',
    'Every command can have a `ref` (text of up to 128 characters, or a number). Unknown fields are refused.',
    ...(Object.keys(commands) as CommandName[]).map((name) =>
      command(name, messages[name]!.summary, payload(name), dataOf(payload(replyTo(name)), schemas)),
    ),
    '## Durable events',
    `Stored in the log of their room. Each also has ${numbered.map((name) => `\`${name}\``).join(', ')}: \`at\` is when it happened, \`actor\` the username of the person who did it.`,
    eventTable(durableEvents, numbered),
    '## Ephemeral events',
    'Not stored and without a `seq`. A slow socket loses these first.',
    eventTable(ephemeralEvents),
    '## Events of a user',
    'Sent to all sockets of one user.',
    eventTable(userEvents),
    '## Other frames',
    'A `reply` has the `ref` of its command, and `data`, which the [commands](#commands) describe.',
    ...frames.map((key) => section(`\`${messages[key]!.name}\``, messages[key]!.summary, payload(key))),
    '## Objects',
    ...Object.entries(schemas)
      .filter(([name, { properties }]) => properties && !shown.has(name))
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, schema]) => section(name, (schema.description as string | undefined) ?? '', schema)),
    '## Error codes',
    'HTTP and sockets have the same codes.',
    rows(
      ['Code', 'HTTP', '', ''],
      document['x-error-codes'].map(({ code, status, title, meaning }) => [
        `\`${code}\``,
        status,
        title,
        meaning,
      ]),
    ),
    '## Reasons',
    'A reason names the exact error. Clients write their own texts for it. New reasons may be added: handle an unknown one by its code. The messages are in English and may change at any time.',
    reasonTable(document['x-reasons']),
    'Only the command line of the operator has these (`--json` shows them):',
    reasonTable(describeReasons(operatorRefusals)),
    '## Close codes',
    document['x-retry-rule'],
    rows(
      ['Code', 'Reconnect', '', ''],
      document['x-close-codes'].map((each) => [
        each.code,
        each.comes_back ? 'yes' : 'no',
        each.meaning,
        each.advice,
      ]),
    ),
    '## Limits',
    `These are the defaults; a server sends its own in \`hello\`. It pings every ${document['x-heartbeat'].ping_interval_ms / 1000} s and waits ${document['x-heartbeat'].pong_timeout_ms / 1000} s for the pong.`,
    rows(
      ['Limit', '', ''],
      document['x-limits'].map(({ name, value, meaning }) => [
        `\`${name}\``,
        value.toLocaleString('en'),
        meaning,
      ]),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

const reasonTable = (reasons: ReturnType<typeof describeReasons>): string =>
  rows(
    ['Reason', 'Code', 'Params', 'Message'],
    reasons.map(({ reason, code, params, message }) => [
      `\`${reason}\``,
      `\`${code}\``,
      Object.entries(params)
        .map(([name, kind]) => `${name}: ${kind}`)
        .join(', '),
      message,
    ]),
  )

/** Replies that other frames have too. */
const linked = new Set(['Room', 'Arrangement'])

/** The `data` of a reply: a link to one of these, but the fields of anything else. */
function dataOf(reply: JsonSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  const { data } = reply.properties as { data: JsonSchema & { $ref: string } }
  const name = data.$ref.split('/').at(-1)!
  return linked.has(name) ? data : schemas[name]!
}

function command(name: CommandName, summary: string, payload: JsonSchema, data: JsonSchema): string {
  const replied = commandRows[name].reply
  const long =
    Object.keys((replied as { properties?: object }).properties ?? {}).length > 4 && !('$ref' in data)
  const fields = fieldTable(payload, ['type', 'ref'])
  return [
    `### \`${name}\``,
    summary,
    ...(fields ? [fields] : []),
    ...(long ? ['Reply:', fieldTable(data, [])] : [`Reply: ${typeOf(data)}`]),
  ].join('\n\n')
}

const section = (title: string, summary: string, schema: JsonSchema): string =>
  [`### ${title}`, summary, fieldTable(schema, ['type'])].filter(Boolean).join('\n\n')

function fieldTable(schema: JsonSchema, except: string[]): string {
  const fields = fieldsIn(schema, except)
  if (fields.length === 0) return ''
  return rows(
    ['Field', 'Type', ''],
    fields.map(([name, field]) => [name, typeOf(field), descriptionOf(field)]),
  )
}

const descriptionOf = ({ description }: JsonSchema): string =>
  // The format of times is explained once, at the top.
  description === Time.description ? '' : ((description as string | undefined) ?? '')

const fieldsOf = (schema: JsonSchema, except: string[]): string =>
  fieldsIn(schema, except)
    .map(([name, field]) => `${name} ${typeOf(field)}`)
    .join(', ')

function fieldsIn({ properties, required }: JsonSchema, except: string[]): [string, JsonSchema][] {
  return Object.entries(properties as Record<string, JsonSchema>)
    .filter(([name]) => !except.includes(name))
    .map(([name, field]) => {
      const optional = (required as string[] | undefined)?.includes(name) ? '' : '?'
      return [`\`${name}${optional}\``, field]
    })
}

function rows(head: string[], body: (string | number)[][]): string {
  const line = (cells: (string | number)[]) =>
    `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...body.map(line)].join('\n')
}
