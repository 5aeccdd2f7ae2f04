import { type Static, Type } from '@sinclair/typebox'
import { defaultLimits } from './limits.ts'
import { aMessage, Message } from './messages.ts'

export const LastMessagesQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: '`next` of the previous page.' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: defaultLimits.page,
        description: 'Rooms per page, 100 by default.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type LastMessagesQuery = Static<typeof LastMessagesQuery>

export const LastMessage = Type.Object(
  {
    room: Type.String({ examples: ['general'] }),
    head: Type.Integer({
      examples: [4],
      description: 'The last `seq` of the log when the message was read.',
    }),
    message: Message,
  },
  { $id: 'LastMessage' },
)
export type LastMessage = Static<typeof LastMessage>

export const LastMessagePage = Type.Object(
  { items: Type.Array(LastMessage), next: Type.Optional(Type.Integer({ examples: [12] })) },
  { $id: 'LastMessagePage', examples: [{ items: [{ room: 'general', head: 4, message: aMessage }] }] },
)
export type LastMessagePage = Static<typeof LastMessagePage>
