import { type Static, Type } from '@sinclair/typebox'
import { Emoji, Line, timeOf } from './fields.ts'

const emoji = '⚓'
const text = 'Out at sea'
const ends = 'When it ends by itself.'

/** What somebody is doing, in their own words. Absent where it has ended. */
export const CustomStatus = Type.Object(
  {
    emoji: Type.Optional(Type.String({ examples: [emoji] })),
    text: Type.Optional(Type.String({ examples: [text] })),
    until: Type.Optional(
      timeOf(`${ends} No event comes then: a client stops showing it. Absent: it has no end.`),
    ),
  },
  {
    $id: 'CustomStatus',
    description:
      'What a user is doing, in their own words: an emoji, a text or both. In a direct room of two: what the other person is doing. Absent: nothing.',
  },
)
export type CustomStatus = Static<typeof CustomStatus>

/** Without `emoji` and `text`, the status is cleared. */
export const CustomStatusChange = Type.Object(
  {
    emoji: Type.Optional(Emoji),
    text: Type.Optional(Line(100, text, 'What you are doing.')),
    until: Type.Optional(timeOf(`${ends} In the future.`)),
  },
  {
    additionalProperties: false,
    description: 'What you are doing. Without `emoji` and `text`, your status is cleared.',
  },
)
export type CustomStatusChange = Static<typeof CustomStatusChange>

/** In a user, for everybody. */
export const ProfileFields = {
  title: Type.Optional(Type.String({ examples: ['Harbour master'], description: 'What they do here.' })),
  pronouns: Type.Optional(Type.String({ examples: ['she/her'] })),
  time_zone: Type.Optional(
    Type.String({ examples: ['Europe/Berlin'], description: 'Where they are: a name of the IANA database.' }),
  ),
  custom_status: Type.Optional(CustomStatus),
}

/** In a change of a user. An empty text removes a field. */
export const ProfileChangeFields = {
  title: Type.Optional(Line(100, 'Harbour master', 'What you do here.')),
  pronouns: Type.Optional(Line(40, 'she/her', 'How others speak of you.')),
  time_zone: Type.Optional(
    Type.String({
      maxLength: 64,
      examples: ['Europe/Berlin'],
      description: 'A name of the IANA database; others see your local time by it. Empty: none.',
    }),
  ),
  custom_status: Type.Optional(CustomStatusChange),
}
