import { type Static, Type } from '@sinclair/typebox'
import { timeOf } from './fields.ts'
import { aMessage, Message } from './messages.ts'

export const SavedQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  { additionalProperties: false },
)
export type SavedQuery = Static<typeof SavedQuery>

const place = {
  room: Type.String({ examples: ['general'] }),
  seq: Type.Integer({ examples: [3], description: 'The `seq` of the message.' }),
}

export const SavedItem = Type.Object(
  { ...place, message: Message, at: timeOf('When you saved it.') },
  { $id: 'SavedItem', description: 'A message that you have saved for later.' },
)
export type SavedItem = Static<typeof SavedItem>

export const SavedPage = Type.Object(
  {
    items: Type.Array(SavedItem),
    next: Type.Optional(Type.String({ examples: ['1764338400000.1.3'] })),
  },
  {
    $id: 'SavedPage',
    examples: [{ items: [{ room: 'general', seq: 3, message: aMessage, at: aMessage.created_at }] }],
  },
)
export type SavedPage = Static<typeof SavedPage>

/** Whether you have saved a message. */
export const SavedMark = Type.Object(
  { ...place, saved: Type.Boolean({ examples: [true] }) },
  { $id: 'SavedMark' },
)
export type SavedMark = Static<typeof SavedMark>
