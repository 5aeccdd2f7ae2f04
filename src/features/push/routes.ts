import type { RouteTable } from '../../scope.ts'
import { showPushKey, subscribe, unsubscribe } from './subscribe.ts'

export const pushRoutes = {
  'GET /push/key': ({ scope }) => showPushKey(scope),
  'POST /push/subscriptions': ({ scope, body }) => subscribe(scope, body),
  'DELETE /push/subscriptions/:id': ({ scope, params }) => unsubscribe(scope, params.id),
} satisfies RouteTable
