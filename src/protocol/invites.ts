import { type Static, Type } from '@sinclair/typebox'
import { Time } from './fields.ts'

const closed = { additionalProperties: false }

export const NewInvite = Type.Object(
  {
    expires_in: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 2_592_000,
        examples: [86_400],
        description: 'Seconds until the invite expires. A week by default.',
      }),
    ),
    max_uses: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        examples: [5],
        description: 'How many people can use it. No limit by default.',
      }),
    ),
  },
  { $id: 'NewInvite', ...closed },
)
export type NewInvite = Static<typeof NewInvite>

const listed = {
  id: '01a1b2c3',
  room: 'harbour',
  created_by: 'ben',
  created_at: '2026-11-20T19:42:04.946Z',
  expires_at: '2026-11-27T19:42:04.946Z',
  uses: 0,
}

export const Invite = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    code: Type.Optional(
      Type.String({
        description: 'The end of the invite link. Only in the response that creates the invite.',
      }),
    ),
    created_by: Type.String({ description: 'A username.' }),
    created_at: Time,
    expires_at: Time,
    max_uses: Type.Optional(Type.Integer({ description: 'Absent if there is no limit.' })),
    uses: Type.Integer({ description: 'How many people have used it.' }),
    creator_lost_right: Type.Optional(
      Type.Boolean({
        description:
          'Its creator may no longer invite people to this room. It lets nobody in until they get that right back.',
      }),
    ),
  },
  { $id: 'Invite', examples: [{ ...listed, code: '8Yy…' }, listed] },
)
export type Invite = Static<typeof Invite>
export const InvitePage = Type.Object({ items: Type.Array(Invite) }, { $id: 'InvitePage' })

/** The end of an invite link. In the body, so that no log of a proxy has it. */
export const InviteCode = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 128, examples: ['8Yy…'] }) },
  { $id: 'InviteCode', additionalProperties: false },
)

/** What people see of an invite before they have an account. */
export const InviteOffer = Type.Object(
  {
    title: Type.String({ examples: ['The harbour'], description: 'Of the room.' }),
    invited_by: Type.String({ examples: ['Ben Okafor'], description: 'A display name.' }),
    community: Type.Optional(
      Type.String({ examples: ['Harbour'], description: 'The name of the community, if it has one.' }),
    ),
  },
  { $id: 'InviteOffer' },
)
export type InviteOffer = Static<typeof InviteOffer>

/** What people see of an invite before they accept it. */
export const InvitePreview = Type.Object(
  {
    room: Type.String({ examples: ['harbour'] }),
    title: Type.String({ examples: ['The harbour'] }),
    description: Type.String({ examples: ['Ships and tides'] }),
    invited_by: Type.String({ examples: ['ben'] }),
    expires_at: Time,
  },
  { $id: 'InvitePreview' },
)
export type InvitePreview = Static<typeof InvitePreview>
