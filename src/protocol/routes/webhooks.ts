import type { Route } from '../route.ts'
import { SlackMessage, Webhook, WebhookDraft, WebhookPage } from '../webhooks.ts'

export const webhookRoutes = {
  'POST /rooms/:room/webhooks': {
    summary: 'An address for Slack’s {text}, told once: moderators',
    permit: 'rooms',
    body: WebhookDraft,
    reply: Webhook,
    status: 201,
    noStore: true,
  },
  'GET /rooms/:room/webhooks': {
    summary: 'The webhooks of a room: moderators',
    permit: 'rooms',
    reply: WebhookPage,
  },
  'DELETE /rooms/:room/webhooks/:id': {
    summary: 'Remove a webhook: moderators',
    permit: 'rooms',
  },
  'POST /hooks/:secret': {
    summary: 'Say something, as to a webhook of Slack',
    access: 'public',
    body: SlackMessage,
    // Slack takes a form as well, and its fields are not refused but ignored.
    bodyIs: 'text',
  },
} as const satisfies Record<string, Route>
