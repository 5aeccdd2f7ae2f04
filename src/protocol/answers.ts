import { type Static, type TSchema, Type } from '@sinclair/typebox'
import type { CommandName } from './commands.ts'
import { Position, Time } from './fields.ts'
import { Subscribed } from './frames.ts'
import { MessagePage, Sent } from './messages.ts'
import { Room } from './rooms.ts'

const Named = Type.Object({ room: Type.String() })

/** What the `data` of the reply to each command holds. */
export const answers = {
  'room.subscribe': Subscribed,
  'room.unsubscribe': Named,
  'room.join': Room,
  'room.leave': Named,
  'message.send': Sent,
  'message.edit': Sent,
  'message.delete': Sent,
  'message.list': MessagePage,
  'reaction.add': Sent,
  'reaction.remove': Sent,
  'pin.add': Sent,
  'pin.remove': Sent,
  'read.mark': Type.Object({ room: Type.String(), read_seq: Position }),
  'typing.start': Named,
  'presence.list': Type.Object({
    room: Type.String(),
    count: Type.Integer({ description: 'How many are online.' }),
    online: Type.Array(Type.String(), { description: 'Usernames, sorted; not all of them in a big room.' }),
  }),
  'direct.open': Room,
  'session.renew': Type.Object({ expires_at: Time }),
  ping: Type.Object({}),
} as const satisfies Record<CommandName, TSchema>

export type Answer<Name extends CommandName> = Static<(typeof answers)[Name]>
