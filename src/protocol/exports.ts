import { type Static, Type } from '@sinclair/typebox'

export const ExportQuery = Type.Object(
  {
    time_zone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        examples: ['Europe/Berlin'],
        description: 'How times are written in the pages: a name of the IANA database. UTC by default.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ExportQuery = Static<typeof ExportQuery>
