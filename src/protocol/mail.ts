import { type Static, Type } from '@sinclair/typebox'

const closed = { additionalProperties: false }

/** Which mails you get. A forgotten password and the confirmation of an address are always sent. */
export const MailSettings = Type.Object(
  {
    new_device: Type.Boolean({
      description:
        'When somebody signs in to your account on a new device. On by default, for a confirmed address.',
    }),
    missed: Type.Boolean({
      description:
        'What you have missed for some hours: messages that mention or answer you, and direct ones. Off by default; only to a confirmed address.',
    }),
  },
  { $id: 'MailSettings' },
)
export type MailSettings = Static<typeof MailSettings>

export const MailSettingsChange = Type.Object(
  {
    new_device: Type.Optional(Type.Boolean({ examples: [false] })),
    missed: Type.Optional(Type.Boolean({ examples: [true] })),
  },
  { $id: 'MailSettingsChange', ...closed, minProperties: 1 },
)
export type MailSettingsChange = Static<typeof MailSettingsChange>

export const Confirmation = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 128, examples: ['q7Xw…'] }) },
  { $id: 'Confirmation', ...closed },
)
