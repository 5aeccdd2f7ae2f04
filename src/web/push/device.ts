import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Client } from '../../sdk/client.ts'
import type { State } from '../../sdk/state.ts'
import { deleteRecord, readRecord, type Wording, writeRecord } from './record.ts'

/*
 * Loaded when it is first needed. It imports nothing that the page has too, because the bundler would take that out of the page into files
 * of its own, which together are larger than all that is loaded later.
 */

type Level = 'all' | 'mentions'
export type Device = ReturnType<typeof createDevice>
type Needs = {
  pushed: Signal<string>
  offered: Signal<string>
  /** In the language of the reader. */
  wording: ReadonlySignal<Wording>
}

/** The subscription of this browser to push messages: of the browser, of the server, and in the record for the service worker. */
export function createDevice({ pushed, offered, wording }: Needs) {
  const write = (record: { id: string; endpoint: string; level: Level }) =>
    writeRecord({ ...record, ...wording.peek() })

  let worded = wording.peek()
  wording.subscribe((next) => {
    if (next === worded) return
    worded = next
    void readRecord().then((record) => record && write(record))
  })

  /** For the person of this client. Again with another level is the same subscription. */
  async function subscribe(client: Client, level: Level): Promise<void> {
    const { pushManager } = await navigator.serviceWorker.ready
    const key = bytesOf(await client.loadPushKey())
    const had = await pushManager.getSubscription()
    const isSame = had !== null && isEqual(had.options.applicationServerKey, key)
    // A browser takes no second key: this address has another database than before.
    if (had && !isSame) await had.unsubscribe()
    const options = { userVisibleOnly: true, applicationServerKey: key }
    const subscription = had && isSame ? had : await pushManager.subscribe(options)
    const before = await readRecord()
    const id = await client.addPushSubscription(subscription.toJSON(), level)
    await write({ id, endpoint: subscription.endpoint, level })
    // The subscription before had another endpoint, which the browser no longer has.
    if (before && before.id !== id) await client.removePushSubscription(before.id).catch(() => {})
  }

  /** Ends it at the browser, which then shows nothing more. The server ends it with the session, or when the next push fails. */
  async function forget(): Promise<void> {
    pushed.value = ''
    await deleteRecord()
    const registration = await navigator.serviceWorker.getRegistration('/')
    for (const notification of (await registration?.getNotifications()) ?? []) notification.close()
    await (await registration?.pushManager.getSubscription())?.unsubscribe()
  }

  return {
    subscribe,
    forget,
    async unsubscribe(client: Client): Promise<void> {
      const record = await readRecord()
      await forget()
      if (record) await client.removePushSubscription(record.id).catch(() => {})
    },
    /**
     * Makes true again what browser, server and record say, after the page was opened: the browser may have ended the subscription, the
     * server may have removed it, or somebody has signed in again.
     */
    async keepUp(client: Client): Promise<void> {
      if (pushed.peek() !== client.state.me?.username) {
        offered.value = ''
        return forget()
      }
      if (Notification.permission !== 'granted') return forget()
      const record = await readRecord()
      const { pushManager } = await navigator.serviceWorker.ready
      const subscription = await pushManager.getSubscription()
      const { items } = await client.rest('GET /auth/sessions')
      const isKnown = items.some(({ current, push }) => current && record && push?.includes(record.id))
      if (record && isKnown && subscription?.endpoint === record.endpoint) await write(record)
      else await subscribe(client, record?.level ?? 'mentions')
    },
    /** Closes notifications of rooms that were read meanwhile, here or elsewhere, while no push message could say so. */
    closeRead: ({ rooms }: State): Promise<void> =>
      navigator.locks.request('parley.notifications', async () => {
        const registration = await navigator.serviceWorker.getRegistration('/')
        for (const notification of (await registration?.getNotifications()) ?? []) {
          const { room = '', seq = 0 } = (notification.data ?? {}) as { room?: string; seq?: number }
          if ((rooms[room]?.read_seq ?? -1) >= seq) notification.close()
        }
      }),
  }
}

function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function isEqual(had: ArrayBuffer | null, key: Uint8Array): boolean {
  const bytes = new Uint8Array(had ?? [])
  return bytes.length === key.length && bytes.every((each, at) => each === key[at])
}
