import type { RouteTable } from '../../scope.ts'
import { limitAttempts } from '../auth/rates.ts'
import { acceptInvite, offerInvite, showInvitation } from './accept.ts'
import { createInvite, listRoomInvites, revokeInvite } from './invite.ts'

export const inviteRoutes = {
  'POST /rooms/:room/invites': ({ scope, params, body }) => createInvite(scope, params.room, body ?? {}),
  'GET /rooms/:room/invites': ({ scope, params }) => listRoomInvites(scope, params.room),
  'DELETE /rooms/:room/invites/:id': ({ scope, params }) => revokeInvite(scope, params.room, params.id),
  'POST /auth/invite'({ tools, body, request }) {
    limitAttempts(tools, 'one_time_link', tools.http.addressOf(request))
    return offerInvite(tools, body.code)
  },
  'GET /invites/:code': ({ scope, params }) => showInvitation(scope, params.code),
  'POST /invites/:code/accept': ({ scope, params }) => acceptInvite(scope, params.code),
} satisfies RouteTable
