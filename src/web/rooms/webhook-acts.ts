import type { Webhook } from '../../protocol/webhooks.ts'
import type { ActTools } from '../ground/act-tools.ts'

export type WebhookActs = {
  list(room: string): Promise<readonly Webhook[]>
  /** Only this response has the `url`. */
  create(room: string, name: string): Promise<Webhook>
  remove(room: string, id: string): Promise<void>
}

export const webhookActs = ({ client }: ActTools): WebhookActs => ({
  list: async (room) => (await client().rest('GET /rooms/:room/webhooks', { params: { room } })).items,
  create: (room, name) => client().rest('POST /rooms/:room/webhooks', { params: { room }, body: { name } }),
  remove: (room, id) => client().rest('DELETE /rooms/:room/webhooks/:id', { params: { room, id } }),
})
