import { Elysia } from 'elysia'
import { RoomPath } from '../../protocol/rooms.ts'
import {
  HookPath,
  SlackMessage,
  Webhook,
  WebhookDraft,
  WebhookPage,
  WebhookPath,
} from '../../protocol/webhooks.ts'
import type { Tools } from '../../scope.ts'
import { guard } from '../auth/guard.ts'
import { slowDown } from '../auth/rates.ts'
import { postToWebhook } from './post.ts'
import { dropWebhook, listWebhooks, makeWebhook } from './webhook.ts'

export const webhookRoutes = (tools: Tools) =>
  new Elysia({ name: 'webhooks', tags: ['webhooks'] })
    .use(guard(tools))
    .post(
      '/rooms/:room/webhooks',
      async ({ scope, params, body, request, set }) => {
        set.headers['cache-control'] = 'no-store'
        const made = await makeWebhook(scope, params.room, body.name, tools.http.originOf(request))
        set.status = 201
        return made
      },
      {
        auth: true,
        params: RoomPath,
        body: WebhookDraft,
        response: { 201: Webhook },
        detail: { summary: 'An address for Slack’s {text}, told once: moderators' },
      },
    )
    .get('/rooms/:room/webhooks', ({ scope, params }) => listWebhooks(scope, params.room), {
      auth: true,
      params: RoomPath,
      response: { 200: WebhookPage },
      detail: { summary: 'The webhooks of a room: moderators' },
    })
    .delete(
      '/rooms/:room/webhooks/:id',
      async ({ scope, params, set }) => {
        await dropWebhook(scope, params.room, params.id)
        set.status = 204
      },
      { auth: true, params: WebhookPath, detail: { summary: 'Remove a webhook: moderators' } },
    )
    .post(
      '/hooks/:secret',
      async ({ params, body, request }) => {
        slowDown(tools, 'webhook_address', tools.http.addressOf(request))
        await postToWebhook(tools, params.secret, String(body), request.headers.get('idempotency-key'))
        return new Response('ok', { headers: { 'content-type': 'text/plain; charset=utf-8' } })
      },
      {
        params: HookPath,
        // Read as text, because Slack takes a form as well, and because its fields are not refused but passed over.
        parse: 'text',
        detail: {
          summary: 'Say something, as to a webhook of Slack',
          requestBody: { required: true, content: { 'application/json': { schema: SlackMessage as never } } },
        },
      },
    )
