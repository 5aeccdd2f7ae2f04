/** What the service worker (`page/worker.js`) reads when a push message comes and no page is open. */
export type PushRecord = {
  /** The id of the subscription at the server. */
  id: string
  endpoint: string
  level: 'all' | 'mentions'
  icon: string
} & Wording

/** With the gaps of their names. */
export type Wording = { lang: string; texts: { in: string; mention: string; message: string } }

// A worker cannot read localStorage.
const cacheName = 'parley-push'
const path = '/push-record'

export async function readRecord(): Promise<PushRecord | undefined> {
  return (await (await caches.open(cacheName)).match(path))?.json()
}

export async function writeRecord(record: Omit<PushRecord, 'icon'>): Promise<void> {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="apple-touch-icon"]')?.href ?? ''
  await (await caches.open(cacheName)).put(path, new Response(JSON.stringify({ ...record, icon })))
}

export const deleteRecord = (): Promise<boolean> => caches.delete(cacheName)
