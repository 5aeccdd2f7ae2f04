import { type Static, Type } from '@sinclair/typebox'
import { Text } from './fields.ts'

export const KeywordsChange = Type.Object(
  {
    keywords: Type.Array(
      Text(
        1,
        32,
        'harbour',
        'A word or words that follow each other. Case and accents do not matter, and signs around it do not count.',
      ),
      {
        maxItems: 20,
        examples: [['harbour', 'Tide']],
        description: 'A message that has one of them counts as a mention of you. Nobody else sees them.',
      },
    ),
  },
  { $id: 'KeywordsChange', additionalProperties: false, examples: [{ keywords: ['harbour', 'Tide'] }] },
)
export type KeywordsChange = Static<typeof KeywordsChange>

export const Keywords = Type.Object(
  {
    keywords: Type.Array(Type.String(), {
      examples: [['harbour', 'Tide']],
      description: 'As you wrote them, in alphabetical order, without signs around them.',
    }),
  },
  { $id: 'Keywords', examples: [{ keywords: ['harbour', 'Tide'] }] },
)
export type Keywords = Static<typeof Keywords>
