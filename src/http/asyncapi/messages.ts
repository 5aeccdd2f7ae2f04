import { type TObject, Type } from '@sinclair/typebox'
import { answers } from '../../protocol/answers.ts'
import { type CommandName, commands } from '../../protocol/commands.ts'
import { durableEvents, ephemeralEvents, userEvents } from '../../protocol/events.ts'
import { ErrorFrame, Hello, Ping, Reply, RoomReady } from '../../protocol/frames.ts'
import { Content } from '../../protocol/messages.ts'
import type { createSchemas, JsonSchema } from '../schemas.ts'
import { commandSentences, eventSentences } from './sentences.ts'

export type Message = {
  name: string
  summary: string
  contentType: string
  correlationId?: JsonSchema
  payload: JsonSchema
}

export const commandNames = Object.keys(commands) as CommandName[]
export const eventNames = {
  durable: Object.keys(durableEvents),
  ephemeral: Object.keys(ephemeralEvents),
  user: Object.keys(userEvents),
}

/** The key of a command on `/ws/{room}`, where commands may omit the room. */
export const keyInRoom = (name: CommandName): string =>
  name !== 'direct.open' && 'room' in commands[name].properties ? `in-room.${name}` : name
export const replyTo = (name: CommandName): string => `reply.${name}`

type Schemas = Pick<ReturnType<typeof createSchemas>, 'taken' | 'sent'>

/** Every frame of both sockets, by its key in the document. */
export function describeMessages({ taken, sent }: Schemas): Record<string, Message> {
  const json = 'application/json'
  const described: Record<string, Message> = {}
  const add = (key: string, summary: string, schema: TObject, write = sent) => {
    described[key] = {
      name: schema.properties.type?.const as string,
      summary,
      contentType: json,
      ...(schema.properties.ref ? { correlationId: { $ref: '#/components/correlationIds/ref' } } : {}),
      payload: write(schema),
    }
  }
  for (const name of commandNames) {
    const command: TObject = commands[name]
    add(name, commandSentences[name], command, taken)
    if (keyInRoom(name) !== name) add(keyInRoom(name), commandSentences[name], withoutRoom(command), taken)
    const reply = Type.Object({ ...Reply.properties, data: answers[name] })
    add(replyTo(name), `The reply to \`${name}\`.`, reply)
  }
  described.text = {
    name: 'text',
    summary: 'A frame that is not a JSON object is the text of a message.',
    contentType: 'text/plain',
    payload: taken(Content),
  }
  for (const [name, event] of Object.entries({ ...durableEvents, ...ephemeralEvents, ...userEvents })) {
    add(name, eventSentences[name as keyof typeof eventSentences], event)
  }
  add('hello', 'The first frame on `/ws`: your user, the limits, your rooms.', Hello)
  add('room.ready', 'The first frame on `/ws/{room}`: you are now subscribed.', RoomReady)
  add('error', 'A command was refused; the socket stays open.', ErrorFrame)
  add(
    'server.ping',
    'The head of each subscribed room. A client that has not got all events subscribes again.',
    Ping,
  )
  return described
}

function withoutRoom(command: TObject): TObject {
  const { room, ...others } = command.properties
  return Type.Object({ ...others, room: Type.Optional(room!) }, { additionalProperties: false })
}
