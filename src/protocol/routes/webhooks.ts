import { Type } from '@sinclair/typebox'
import type { Route } from '../route.ts'
import { NewWebhook, SlackMessage, Webhook, WebhookPage } from '../webhooks.ts'

export const webhookRoutes = {
  'POST /rooms/:room/webhooks': {
    summary: 'Create a webhook; its URL is shown only in this response (moderators only)',
    permit: 'rooms',
    budget: 'create',
    body: NewWebhook,
    reply: Webhook,
    status: 201,
  },
  'GET /rooms/:room/webhooks': {
    summary: 'List the webhooks of a room (moderators only)',
    permit: 'rooms',
    budget: 'read',
    reply: WebhookPage,
  },
  'DELETE /rooms/:room/webhooks/:id': {
    summary: 'Remove a webhook (moderators only)',
    permit: 'rooms',
    budget: 'write',
  },
  'POST /hooks/:secret': {
    summary: 'Send a message through a webhook, in Slack’s format',
    access: 'public',
    body: SlackMessage,
    // Like Slack: a form is accepted too, and unknown fields are ignored. A plain text is a message.
    bodyIs: 'text',
    reply: Type.Literal('ok'),
  },
} as const satisfies Record<string, Route>
