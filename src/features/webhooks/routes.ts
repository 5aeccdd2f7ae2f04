import type { RouteTable } from '../../scope.ts'
import { postToWebhook, uploadToWebhook } from './post.ts'
import { createWebhook, listWebhooks, removeWebhook } from './webhook.ts'

export const webhookRoutes = {
  'POST /rooms/:room/webhooks': ({ scope, params, body, request }) =>
    createWebhook(scope, params.room, body.name, scope.http.originOf(request)),
  'GET /rooms/:room/webhooks': ({ scope, params }) => listWebhooks(scope, params.room),
  'DELETE /rooms/:room/webhooks/:id': ({ scope, params }) => removeWebhook(scope, params.room, params.id),
  async 'POST /hooks/:secret'({ tools, params, body, request }) {
    await postToWebhook(tools, request, params.secret, body)
    return new Response('ok', { headers: { 'content-type': 'text/plain; charset=utf-8' } })
  },
  'POST /hooks/:secret/files': ({ tools, params, query, request }) =>
    uploadToWebhook(tools, request, params.secret, query),
} satisfies RouteTable
