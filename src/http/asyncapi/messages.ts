import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import { commandRows } from '../../protocol/command-rows.ts'
import { type CommandName, commands } from '../../protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../protocol/events.ts'
import { ErrorFrame, Hello, Ping, Reply, RoomReady } from '../../protocol/frames.ts'
import { Content } from '../../protocol/messages.ts'
import { exampleOf } from '../examples.ts'
import type { createSchemas, JsonSchema } from '../schemas.ts'
import { eventSentences } from './sentences.ts'

export type Message = {
  name: string
  title: string
  summary: string
  contentType: string
  correlationId?: JsonSchema
  payload: JsonSchema
  examples: { payload: unknown }[]
}

export const commandNames = Object.keys(commands) as CommandName[]
export const eventNames = {
  durable: Object.keys(durableEvents),
  ephemeral: Object.keys(ephemeralEvents),
  user: Object.keys(userEvents),
}

/** The key of a command in the document of `/ws/{room}`, where `room` is optional. */
export const keyInRoom = (name: CommandName): string =>
  name !== 'direct.open' && 'room' in commands[name].properties ? `in-room.${name}` : name
export const replyTo = (name: CommandName): string => `reply.${name}`

type Schemas = Pick<ReturnType<typeof createSchemas>, 'received' | 'sent'>

/** Every frame of both sockets, by its key in the document. */
export function describeMessages({ received, sent }: Schemas): Record<string, Message> {
  const json = 'application/json'
  const described: Record<string, Message> = {}
  const add = (key: string, summary: string, schema: TObject, write = sent) => {
    described[key] = {
      name: schema.properties.type?.const as string,
      title: schema.$id!,
      summary,
      contentType: json,
      ...(schema.properties.ref ? { correlationId: { $ref: '#/components/correlationIds/ref' } } : {}),
      payload: write(schema),
      examples: [{ payload: exampleOf(schema) }],
    }
  }
  for (const name of commandNames) {
    const command: TObject = commands[name]
    const { summary, reply: data } = commandRows[name]
    add(name, summary, command, received)
    if (keyInRoom(name) !== name) add(keyInRoom(name), summary, withoutRoom(command), received)
    const reply = Type.Object({ ...Reply.properties, data }, { $id: `${command.$id}Reply` })
    add(replyTo(name), `The reply to \`${name}\`.`, reply)
  }
  described.text = {
    name: 'text',
    title: 'Text',
    summary: 'A frame that is not a JSON object is the text of a message.',
    contentType: 'text/plain',
    payload: received({ ...Content, $id: 'Text' }),
    examples: [{ payload: exampleOf(Content) }],
  }
  for (const [name, event] of Object.entries({ ...durableEvents, ...ephemeralEvents, ...userEvents })) {
    add(name, eventSentences[name as keyof typeof eventSentences], event)
  }
  add('hello', 'The first frame on `/ws`: who you are, your rooms, and the limits.', Hello)
  add('room.ready', 'The first frame on `/ws/{room}`. You are now subscribed to the room.', RoomReady)
  add('error', 'A command was refused. The socket stays open.', ErrorFrame)
  add(
    'server.ping',
    'The last `seq` of each subscribed room. If you have not received it, subscribe again.',
    Ping,
  )
  return described
}

function withoutRoom(command: TObject): TObject {
  const { room, ...others } = command.properties
  return Type.Object(
    { ...others, room: Type.Optional(withoutExample(room!)) },
    { $id: `InRoom${command.$id}`, additionalProperties: false },
  )
}

const withoutExample = ({ examples: _, ...schema }: TSchema): TSchema => schema as TSchema
