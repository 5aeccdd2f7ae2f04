import { type Message, replyTo } from '../../src/http/asyncapi/messages.ts'
import type { SocketDocument } from '../../src/http/asyncapi.ts'
import type { JsonSchema } from '../../src/http/schemas.ts'
import { answers } from '../../src/protocol/answers.ts'
import { type CommandName, commands } from '../../src/protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../src/protocol/events.ts'
import { operatorRefusals } from '../../src/protocol/operator-refusals.ts'
import { describeReasons } from '../../src/protocol/refusals.ts'
import { typeOf } from './types.ts'

/** The reference, in Markdown, of what is in the AsyncAPI document. */
export function reference(document: SocketDocument): string {
  const { messages, schemas } = document.components
  const payload = (key: string) => messages[key]!.payload
  const numbered = ['type', 'room', 'epoch', 'seq', 'at', 'actor']
  const events = (keys: string[], known: string[]) =>
    keys.map((key) => [`\`${key}\``, fieldsOf(payload(key), known), messages[key]!.summary])
  const eventTable = (table: object, known = ['type']) =>
    rows(['Event', 'Fields', ''], events(Object.keys(table), known))
  const frames = ['hello', 'room.ready', 'server.ping', 'error']

  return [
    '# Reference',
    '`?` marks an optional field. Texts are measured in UTF-16 code units; a time is ISO 8601, UTC, with milliseconds.',
    '## Commands',
    'Every command may carry `ref` (text up to 128 characters, or a number). Unknown fields are refused.',
    ...(Object.keys(commands) as CommandName[]).map((name) =>
      command(name, messages[name]!, payload(replyTo(name))),
    ),
    '## Durable events',
    `These events are in the log of their room, and all are numbered. Each also has ${numbered.map((name) => `\`${name}\``).join(', ')}: the time, and the username of the person who did it.`,
    eventTable(durableEvents, numbered),
    '## Ephemeral events',
    'These events are not numbered and not stored, and a slow socket loses them first.',
    eventTable(ephemeralEvents),
    '## Events of a user',
    'These events go to every socket of one user.',
    eventTable(userEvents),
    '## Other frames',
    'A `reply` has the `ref` of its command and `data`.',
    ...frames.map((key) => section(`\`${messages[key]!.name}\``, messages[key]!.summary, payload(key))),
    '## Objects',
    ...Object.entries(schemas)
      .filter(([, { properties }]) => properties)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, schema]) => section(name, (schema.description as string | undefined) ?? '', schema)),
    '## Error codes',
    'The codes are the same for HTTP and sockets.',
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
    'A reason says exactly what is wrong, so that a client can explain it in its own words. New reasons may be added; treat an unknown one by its code. The messages are in English and may change at any time.',
    reasonTable(document['x-reasons']),
    "The operator's command line has its own reasons (`--json` shows them):",
    reasonTable(describeReasons(operatorRefusals)),
    '## Close codes',
    document['x-retry-rule'],
    rows(
      ['Code', 'Come back', '', ''],
      document['x-close-codes'].map((each) => [
        each.code,
        each.comes_back ? 'yes' : 'no',
        each.meaning,
        each.advice,
      ]),
    ),
    '## Limits',
    `These are the defaults; \`hello\` has those of the server. It pings every ${document['x-heartbeat'].ping_interval_ms / 1000} s and waits ${document['x-heartbeat'].pong_timeout_ms / 1000} s for the response.`,
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

function command(name: CommandName, { summary, payload }: Message, reply: JsonSchema): string {
  const { data } = reply.properties as { data: JsonSchema }
  const answer = answers[name]
  const long =
    Object.keys((answer as { properties?: object }).properties ?? {}).length > 4 && !('$ref' in data)
  const fields = fieldTable(payload, ['type', 'ref'])
  return [
    `### \`${name}\``,
    summary,
    ...(fields ? [fields] : []),
    ...(long ? ['Answer:', fieldTable(data, [])] : [`Answer: ${typeOf(data)}`]),
  ].join('\n\n')
}

const section = (title: string, summary: string, schema: JsonSchema): string =>
  [`### ${title}`, summary, fieldTable(schema, ['type'])].filter(Boolean).join('\n\n')

function fieldTable(schema: JsonSchema, except: string[]): string {
  const fields = fieldsIn(schema, except)
  if (fields.length === 0) return ''
  return rows(
    ['Field', 'Type', ''],
    fields.map(([name, field]) => [name, typeOf(field), wordsOf(field)]),
  )
}

/** The format of times is explained once, at the top. */
const wordsOf = ({ description, format }: JsonSchema): string =>
  format === 'date-time' ? '' : ((description as string | undefined) ?? '')

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
