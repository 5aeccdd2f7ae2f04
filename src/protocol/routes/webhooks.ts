import { Type } from '@sinclair/typebox'
import { File, FileUpload } from '../files.ts'
import {
  NewOutgoingWebhook,
  OutgoingWebhook,
  OutgoingWebhookChange,
  OutgoingWebhookPage,
} from '../outgoing-webhooks.ts'
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
  'POST /rooms/:room/webhooks/out': {
    summary: 'Send the events of a room to an address (owners, and administrators who are members)',
    description:
      'Each event from now on is posted as JSON, as it is on a socket, in its order, with the headers of Standard Webhooks. It is tried again until it is answered with 2xx, so it may arrive twice: with the same `webhook-id` and `seq`. The secret is only in this response.',
    permit: 'person',
    budget: 'create',
    body: NewOutgoingWebhook,
    reply: OutgoingWebhook,
    status: 201,
  },
  'GET /rooms/:room/webhooks/out': {
    summary: 'List the addresses to which events of a room are sent (owners only)',
    permit: 'rooms',
    budget: 'read',
    reply: OutgoingWebhookPage,
  },
  'PATCH /rooms/:room/webhooks/out/:id': {
    summary: 'Pause, resume or change an outgoing webhook (owners, and administrators who are members)',
    permit: 'person',
    budget: 'write',
    body: OutgoingWebhookChange,
    reply: OutgoingWebhook,
  },
  'DELETE /rooms/:room/webhooks/out/:id': {
    summary: 'Delete an outgoing webhook (owners only)',
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
  'POST /hooks/:secret/files': {
    summary: 'Upload a file, to send it through a webhook',
    description: 'As to a room. Then send a message with `files`.',
    access: 'public',
    query: FileUpload,
    bodyIs: 'file',
    reply: File,
    status: 201,
  },
} as const satisfies Record<string, Route>
