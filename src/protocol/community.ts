import { type Static, Type } from '@sinclair/typebox'
import { Line } from './fields.ts'

const closed = { additionalProperties: false }

/** What a community calls itself and looks like. Everybody sees it, also people who are not signed in. */
export const Community = Type.Object(
  {
    name: Type.Optional(
      Type.String({ examples: ['Harbour'], description: 'Absent: clients show their own name (Parley).' }),
    ),
    avatar: Type.Optional(
      Type.String({
        examples: ['/community/avatar/019ac1f2-7a10-7c3e-9d51-2f8f3c1be0aa'],
        description:
          'The path of its picture, as WebP and at most 360 pixels wide and high. Anybody can get it. Absent if there is none.',
      }),
    ),
  },
  { $id: 'Community' },
)
export type Community = Static<typeof Community>

export const CommunityChange = Type.Object(
  { name: Line(40, 'Harbour', 'The name of the community.') },
  { $id: 'CommunityChange', ...closed },
)
export type CommunityChange = Static<typeof CommunityChange>

/** A new picture has a new address. */
export const communityAvatarAddress = (file: string): string => `/community/avatar/${file}`
