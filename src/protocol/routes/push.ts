import { NewPushSubscription, PushKey, PushSubscribed } from '../push.ts'
import type { Route } from '../route.ts'

export const pushRoutes = {
  'GET /push/key': {
    summary: 'Get the key with which a browser subscribes to push messages',
    permit: 'person',
    budget: 'read',
    reply: PushKey,
  },
  'POST /push/subscriptions': {
    summary: 'Have push messages sent to this device while you are away',
    description:
      'The body is the `PushSubscription` of the browser as JSON. It belongs to your session and ends with it. The same endpoint again is the same subscription. Of more than 20, the oldest ends.',
    permit: 'person',
    budget: 'create',
    body: NewPushSubscription,
    reply: PushSubscribed,
    status: 201,
  },
  'DELETE /push/subscriptions/:id': {
    summary: 'End a subscription to push messages',
    permit: 'person',
    budget: 'write',
  },
} as const satisfies Record<string, Route>
