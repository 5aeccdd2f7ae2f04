import { type Static, Type } from '@sinclair/typebox'

/** What administrators know of the server: what it runs with, and how much it stores. No secret, and no word of what is said. */
export const ServerFacts = Type.Object(
  {
    version: Type.String({ examples: ['0.2.0'], description: 'The version of Parley.' }),
    database: Type.Union([Type.Literal('embedded'), Type.Literal('postgres')], {
      description: '`embedded`: in the directory of the server. `postgres`: on a Postgres server.',
    }),
    nodes: Type.Integer({
      examples: [1],
      description: 'How many servers run on this database, as far as this one knows.',
    }),
    stored: Type.Object(
      {
        database_bytes: Type.Integer({
          examples: [52_428_800],
          description: 'The size of the database on its disk, with its indices.',
        }),
        files: Type.Integer({
          examples: [120],
          description: 'How many files there are, pictures of people and rooms too.',
        }),
        file_bytes: Type.Integer({
          examples: [104_857_600],
          description: 'The size of all files, without previews of them.',
        }),
        people: Type.Integer({ examples: [25], description: 'How many people have an account.' }),
        bots: Type.Integer({ examples: [2] }),
        rooms: Type.Integer({
          examples: [12],
          description: 'How many rooms there are, without direct ones.',
        }),
        directs: Type.Integer({ examples: [40], description: 'How many direct rooms there are.' }),
      },
      {
        description:
          'How much is stored. Counted when it is asked for; where that takes long, it may be some seconds old.',
      },
    ),
    settings: Type.Array(
      Type.Object({
        name: Type.String({ examples: ['SIGNUP'], description: 'The environment variable that sets it.' }),
        value: Type.Optional(
          Type.String({
            examples: ['invite'],
            description: 'As it was given; `[hidden]` instead of a secret. Absent: not set.',
          }),
        ),
        source: Type.Union(
          [
            Type.Literal('default'),
            Type.Literal('environment'),
            Type.Literal('argument'),
            Type.Literal('file'),
          ],
          { description: 'Where the value is from. `file`: secrets.json in the directory of the server.' },
        ),
        default: Type.Optional(
          Type.String({
            examples: ['open'],
            description: 'What it is when nobody sets it. Absent: nothing.',
          }),
        ),
        meaning: Type.String({
          examples: ['who may create an account: open, invite or closed'],
          description: 'What it does, in English.',
        }),
      }),
      {
        description:
          'All settings, in the order of `parley config`. The operator changes them, and restarts the server.',
      },
    ),
  },
  { $id: 'ServerFacts' },
)
export type ServerFacts = Static<typeof ServerFacts>
