import { type Static, Type } from '@sinclair/typebox'

export const TimeOfDay = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  maxLength: 5,
  examples: ['22:00'],
})

export const QuietHours = Type.Object(
  {
    from: TimeOfDay,
    to: Type.String({
      ...{ pattern: TimeOfDay.pattern!, maxLength: 5, examples: ['07:30'] },
      description: 'Before `from`: on the next day. The same: there are no quiet hours.',
    }),
    time_zone: Type.String({
      minLength: 1,
      maxLength: 64,
      examples: ['Europe/Berlin'],
      description: 'A name of the IANA database.',
    }),
  },
  {
    additionalProperties: false,
    description: 'Every day, no notification may disturb the user from the one time to the other.',
  },
)
export type QuietHours = Static<typeof QuietHours>
