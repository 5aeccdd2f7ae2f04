import { arrangementRoutes } from './features/arrangements/routes.ts'
import { auditRoutes } from './features/audit/routes.ts'
import { authRoutes } from './features/auth/routes.ts'
import { avatarRoutes } from './features/avatars/routes.ts'
import { communityRoutes } from './features/community/routes.ts'
import { directRoutes } from './features/directs/routes.ts'
import { erasureRoutes } from './features/erasure/routes.ts'
import { exportRoutes } from './features/exports/routes.ts'
import { fileRoutes } from './features/files/routes.ts'
import { inviteRoutes } from './features/invites/routes.ts'
import { keywordRoutes } from './features/keywords/routes.ts'
import { logRoutes } from './features/log/routes.ts'
import { mailRoutes } from './features/mail/routes.ts'
import { mentionRoutes } from './features/mentions/routes.ts'
import { messageRoutes } from './features/messages/routes.ts'
import { outgoingRoutes } from './features/outgoing/routes.ts'
import { previewRoutes } from './features/previews/routes.ts'
import { pushRoutes } from './features/push/routes.ts'
import { receiptRoutes } from './features/receipts/routes.ts'
import { recoveryRoutes } from './features/recovery/routes.ts'
import { reportRoutes } from './features/reports/routes.ts'
import { roomRoutes } from './features/rooms/routes.ts'
import { savedRoutes } from './features/saved/routes.ts'
import { searchRoutes } from './features/search/routes.ts'
import { serverRoutes } from './features/server/routes.ts'
import { signupRoutes } from './features/signup/routes.ts'
import { threadRoutes } from './features/threads/routes.ts'
import { tokenRoutes } from './features/tokens/routes.ts'
import { userRoutes } from './features/users/routes.ts'
import { webhookRoutes } from './features/webhooks/routes.ts'
import type { RouteTable } from './scope.ts'

/** The handlers of all features for the HTTP door, in any order. `Required` makes a missing route a compile error. */
export const featureRoutes: Required<RouteTable> = {
  ...auditRoutes,
  ...authRoutes,
  ...avatarRoutes,
  ...communityRoutes,
  ...directRoutes,
  ...erasureRoutes,
  ...exportRoutes,
  ...fileRoutes,
  ...inviteRoutes,
  ...logRoutes,
  ...mailRoutes,
  ...keywordRoutes,
  ...arrangementRoutes,
  ...mentionRoutes,
  ...messageRoutes,
  ...outgoingRoutes,
  ...previewRoutes,
  ...pushRoutes,
  ...receiptRoutes,
  ...recoveryRoutes,
  ...reportRoutes,
  ...roomRoutes,
  ...searchRoutes,
  ...serverRoutes,
  ...signupRoutes,
  ...threadRoutes,
  ...savedRoutes,
  ...tokenRoutes,
  ...userRoutes,
  ...webhookRoutes,
}
