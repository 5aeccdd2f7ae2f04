import { auditRoutes } from './features/audit/routes.ts'
import { authRoutes } from './features/auth/routes.ts'
import { directRoutes } from './features/directs/routes.ts'
import { erasureRoutes } from './features/erasure/routes.ts'
import { exportRoutes } from './features/exports/routes.ts'
import { inviteRoutes } from './features/invites/routes.ts'
import { messageRoutes } from './features/messages/routes.ts'
import { receiptRoutes } from './features/receipts/routes.ts'
import { reportRoutes } from './features/reports/routes.ts'
import { roomRoutes } from './features/rooms/routes.ts'
import { signupRoutes } from './features/signup/routes.ts'
import { tokenRoutes } from './features/tokens/routes.ts'
import { userRoutes } from './features/users/routes.ts'
import { webhookRoutes } from './features/webhooks/routes.ts'
import type { RouteTable } from './scope.ts'

/** The handlers of all features for the HTTP door, in any order. `Required` makes a missing route a compile error. */
export const featureRoutes: Required<RouteTable> = {
  ...auditRoutes,
  ...authRoutes,
  ...directRoutes,
  ...erasureRoutes,
  ...exportRoutes,
  ...inviteRoutes,
  ...messageRoutes,
  ...receiptRoutes,
  ...reportRoutes,
  ...roomRoutes,
  ...signupRoutes,
  ...tokenRoutes,
  ...userRoutes,
  ...webhookRoutes,
}
