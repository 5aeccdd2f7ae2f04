import { type Static, type TSchema, Type } from '@sinclair/typebox'
import type { CommandName } from './commands.ts'
import { Position, Time } from './fields.ts'
import { Subscribed } from './frames.ts'
import { MessagePage, Sent } from './messages.ts'
import { Room } from './rooms.ts'

const OfRoom = Type.Object({ room: Type.String() })

/** The `data` of the reply to each command. */
export const replies = {
  'room.subscribe': Subscribed,
  'room.unsubscribe': OfRoom,
  'room.join': Room,
  'room.leave': OfRoom,
  'message.send': Sent,
  'message.edit': Sent,
  'message.delete': Sent,
  'message.list': MessagePage,
  'reaction.add': Sent,
  'reaction.remove': Sent,
  'pin.add': Sent,
  'pin.remove': Sent,
  'read.mark': Type.Object({ room: Type.String(), read_seq: Position }),
  'typing.start': OfRoom,
  'presence.list': Type.Object({
    room: Type.String(),
    count: Type.Integer({ description: 'How many members are online.' }),
    online: Type.Array(Type.String(), { description: 'Usernames, sorted. In a big room not all of them.' }),
  }),
  'direct.open': Room,
  'session.renew': Type.Object({ expires_at: Time }),
  ping: Type.Object({}),
} as const satisfies Record<CommandName, TSchema>

export type ReplyData<Name extends CommandName> = Static<(typeof replies)[Name]>
