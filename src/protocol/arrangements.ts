import { type Static, Type } from '@sinclair/typebox'
import { Text } from './fields.ts'

const closed = { additionalProperties: false }
const id = 'e0a1c7d2-5a0b-4c7e-9a55-0d6c2f1b7c11'

const SectionId = Type.String({
  pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  examples: [id],
  description: 'Given by the server when the section is created.',
})

const order = Type.Union([Type.Literal('title'), Type.Literal('activity')], {
  examples: ['activity'],
  description: 'How the rooms of a section are sorted: by title, or the one that was used last first.',
})

export const Arrangement = Type.Object(
  {
    order,
    sections: Type.Array(
      Type.Object({ id: SectionId, name: Type.String({ examples: ['Work'] }) }, { $id: 'Section' }),
      { description: 'Your sections, in their order.' },
    ),
  },
  { $id: 'Arrangement', description: 'How you have arranged your list of rooms. Nobody else sees it.' },
)
export type Arrangement = Static<typeof Arrangement>
export type Section = Arrangement['sections'][number]

export const ArrangementChange = Type.Object(
  {
    order: Type.Optional(order),
    sections: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.Optional(SectionId),
            name: Text(1, 40, 'Work', 'Not blank.'),
          },
          { $id: 'SectionChange', ...closed },
        ),
        {
          maxItems: 20,
          examples: [[{ name: 'Work' }]],
          description:
            'All of them, in their order. One without `id` is created; one that is left out is deleted, and its rooms are in no section.',
        },
      ),
    ),
  },
  { $id: 'ArrangementChange', ...closed },
)
export type ArrangementChange = Static<typeof ArrangementChange>

export const RoomPlace = Type.Object(
  {
    section: Type.Union([SectionId, Type.Null()], {
      examples: [id],
      description: 'One of your sections; `null` takes the room out of its section.',
    }),
  },
  { $id: 'RoomPlace', ...closed },
)
export type RoomPlace = Static<typeof RoomPlace>
