import { type Static, Type } from '@sinclair/typebox'
import { Time } from './fields.ts'

/** Somebody you share no room with has added you: you become a member when you accept. */
export const RoomInvitation = Type.Object(
  {
    room: Type.String({ examples: ['harbour'] }),
    title: Type.String({ examples: ['The harbour'] }),
    description: Type.String({ examples: ['Ships and tides'] }),
    invited_by: Type.String({ examples: ['ben'], description: 'A username.' }),
    at: Time,
  },
  { $id: 'RoomInvitation' },
)
export type RoomInvitation = Static<typeof RoomInvitation>
export const RoomInvitationPage = Type.Object(
  { items: Type.Array(RoomInvitation) },
  { $id: 'RoomInvitationPage' },
)
