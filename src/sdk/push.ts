import type { NewPushSubscription } from '../protocol/push.ts'
import type { Rest } from './rest.ts'

/** What `PushSubscription.toJSON()` gives in a browser; a distributor of UnifiedPush gives the same. */
export type PushEndpoint = {
  endpoint?: string
  expirationTime?: number | null
  keys?: Record<string, string>
}

export type Push = {
  /** The `applicationServerKey` to subscribe with: base64url. It stays the same. */
  loadPushKey(): Promise<string>
  /**
   * Has push messages sent to this device while the user is away. Resolves to the id of the subscription, which
   * ends with the session. `level` is `all` by default; the same endpoint again changes it. Rejects with `invalid` for keys or an address that no
   * push service can have.
   */
  addPushSubscription(subscription: PushEndpoint, level?: 'all' | 'mentions'): Promise<string>
  /** Rejects with `not_found` if there is none with this id. */
  removePushSubscription(id: string): Promise<void>
}

export const createPush = (rest: Rest): Push => ({
  loadPushKey: async () => (await rest('GET /push/key')).key,
  addPushSubscription: async (subscription, level) =>
    // The server says what is wrong with one that lacks something.
    (
      await rest('POST /push/subscriptions', {
        body: { ...(subscription as NewPushSubscription), ...(level && { level }) },
      })
    ).id,
  removePushSubscription: (id) => rest('DELETE /push/subscriptions/:id', { params: { id } }),
})
