import type { Webhook } from '../../protocol/webhooks.ts'
import type { ActTools } from '../ground/act-tools.ts'

export type WebhookActs = {
  list(room: string): Promise<readonly Webhook[]>
  /** Only this response has the `url`. */
  create(room: string, name: string): Promise<Webhook>
  remove(room: string, id: string): Promise<void>
}

const pathOf = (room: string) => `/rooms/${encodeURIComponent(room)}/webhooks`

export const webhookActs = ({ client }: ActTools): WebhookActs => ({
  list: async (room) => (await client().rest<{ items: Webhook[] }>('GET', pathOf(room))).items,
  create: (room, name) => client().rest('POST', pathOf(room), { name }),
  remove: (room, id) => client().rest('DELETE', `${pathOf(room)}/${encodeURIComponent(id)}`),
})
