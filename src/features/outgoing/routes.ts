import type { RouteTable } from '../../scope.ts'
import { changeOutgoing, createOutgoing, deleteOutgoing, listOutgoing } from './webhook.ts'

export const outgoingRoutes = {
  'POST /rooms/:room/webhooks/out': ({ scope, params, body }) => createOutgoing(scope, params.room, body),
  'GET /rooms/:room/webhooks/out': ({ scope, params }) => listOutgoing(scope, params.room),
  'PATCH /rooms/:room/webhooks/out/:id': ({ scope, params, body }) =>
    changeOutgoing(scope, params.room, params.id, body),
  'DELETE /rooms/:room/webhooks/out/:id': ({ scope, params }) =>
    deleteOutgoing(scope, params.room, params.id),
} satisfies RouteTable
