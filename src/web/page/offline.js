/*
 * The service worker: it caches the page, so that Parley opens without a network and says so. It never caches messages:
 * unconfirmed ones are in the outbox of the page. Plain JavaScript, because it is not bundled.
 */
const cacheName = 'parley'
const timeoutMs = 4000

self.addEventListener('install', (event) => {
  event.waitUntil(fetch('/', { cache: 'no-cache' }).then(cachePage))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && pathname === '/') event.respondWith(fromNetwork(event))
  // The names of assets change with their content.
  else if (pathname.startsWith('/assets/')) event.respondWith(fromCache(request))
})

/** The newest page; without a network, the cached one. */
async function fromNetwork(event) {
  try {
    const response = await fetch(event.request, { signal: AbortSignal.timeout(timeoutMs) })
    if (response.ok) event.waitUntil(cachePage(response.clone()))
    return response
  } catch (error) {
    const page = await caches.match('/')
    if (!page) throw error
    return page
  }
}

/** Files that the page does not name, such as translations, are cached on first use. */
async function fromCache(request) {
  const had = await caches.match(request)
  if (had) return had
  const response = await fetch(request)
  if (response.ok) await (await caches.open(cacheName)).put(request, response.clone())
  return response
}

/** Caches a page and all files that it names, and deletes those that only the page before named. */
async function cachePage(response) {
  if (!response.ok) throw new Error(`The server sent the page with status ${response.status}`)
  const cache = await caches.open(cacheName)
  const text = await response.clone().text()
  const before = await (await cache.match('/'))?.text()
  if (text === before) return
  const named = [...text.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path)
  const had = (await cache.keys()).map(({ url }) => new URL(url).pathname)
  await cache.addAll(named.filter((path) => !had.includes(path)))
  await cache.put('/', response)
  for (const path of had) if (path !== '/' && !named.includes(path)) await cache.delete(path)
}
