import type { OutgoingWebhook } from '../../protocol/outgoing-webhooks.ts'
import type { Webhook } from '../../protocol/webhooks.ts'
import type { ActTools } from '../ground/act-tools.ts'

export type WebhookActs = {
  list(room: string): Promise<readonly Webhook[]>
  /** Only this response has the `url`. */
  create(room: string, name: string): Promise<Webhook>
  remove(room: string, id: string): Promise<void>
  listOutgoing(room: string): Promise<readonly OutgoingWebhook[]>
  /** Only this response has the `secret`. */
  createOutgoing(room: string, url: string, messagesOnly: boolean): Promise<OutgoingWebhook>
  pauseOutgoing(room: string, id: string, paused: boolean): Promise<OutgoingWebhook>
  removeOutgoing(room: string, id: string): Promise<void>
}

export const webhookActs = ({ client }: ActTools): WebhookActs => ({
  list: async (room) => (await client().rest('GET /rooms/:room/webhooks', { params: { room } })).items,
  create: (room, name) => client().rest('POST /rooms/:room/webhooks', { params: { room }, body: { name } }),
  remove: (room, id) => client().rest('DELETE /rooms/:room/webhooks/:id', { params: { room, id } }),
  listOutgoing: async (room) =>
    (await client().rest('GET /rooms/:room/webhooks/out', { params: { room } })).items,
  createOutgoing: (room, url, messagesOnly) =>
    client().rest('POST /rooms/:room/webhooks/out', {
      params: { room },
      body: {
        url,
        ...(messagesOnly && { events: ['message.created', 'message.edited', 'message.deleted'] }),
      },
    }),
  pauseOutgoing: (room, id, paused) =>
    client().rest('PATCH /rooms/:room/webhooks/out/:id', { params: { room, id }, body: { paused } }),
  removeOutgoing: (room, id) =>
    client().rest('DELETE /rooms/:room/webhooks/out/:id', { params: { room, id } }),
})
