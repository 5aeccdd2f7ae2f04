import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  Invitation,
  Invite,
  InviteDraft,
  InvitePage,
  InvitePath,
  Room,
  RoomInvitePath,
  RoomPath,
} from '../../protocol/rooms.ts'
import type { Tools } from '../../scope.ts'
import { guard } from '../auth/guard.ts'
import { acceptInvite, dropInvite, listRoomInvites, makeInvite, showInvitation } from './invite.ts'

export const inviteRoutes = (tools: Tools) =>
  new Elysia({ name: 'invites', tags: ['rooms'] })
    .use(guard(tools))
    .post(
      '/rooms/:room/invites',
      async ({ scope, params, body, set }) => {
        const invite = await makeInvite(scope, params.room, body ?? {})
        set.status = 201
        return invite
      },
      {
        auth: true,
        params: RoomPath,
        body: Type.Optional(InviteDraft),
        response: { 201: Invite },
        detail: { summary: 'An invite link: moderators' },
      },
    )
    .get('/rooms/:room/invites', ({ scope, params }) => listRoomInvites(scope, params.room), {
      auth: true,
      params: RoomPath,
      response: { 200: InvitePage },
      detail: { summary: 'Invites that can still be used: moderators' },
    })
    .delete(
      '/rooms/:room/invites/:id',
      async ({ scope, params, set }) => {
        await dropInvite(scope, params.room, params.id)
        set.status = 204
      },
      { auth: true, params: RoomInvitePath, detail: { summary: 'Revoke an invite: moderators' } },
    )
    .get('/invites/:code', ({ scope, params }) => showInvitation(scope, params.code), {
      auth: true,
      params: InvitePath,
      response: { 200: Invitation },
      detail: { summary: 'What an invite is for' },
    })
    .post('/invites/:code/accept', ({ scope, params }) => acceptInvite(scope, params.code), {
      auth: true,
      params: InvitePath,
      body: Type.Optional(Type.Object({}, { additionalProperties: false })),
      response: { 200: Room },
      detail: { summary: 'Join by an invite' },
    })
