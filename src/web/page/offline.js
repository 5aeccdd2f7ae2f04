/*
 * The service worker: it keeps the page itself, so that Parley opens without a network and says so. Messages are never
 * kept here: what the server has not confirmed belongs to the page's outbox. Plain JavaScript, because it is not bundled.
 */
const shelf = 'parley'
const patienceMs = 4000

self.addEventListener('install', (event) => {
  event.waitUntil(fetch('/', { cache: 'no-cache' }).then(keep))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && pathname === '/') event.respondWith(fresh(event))
  // Their names change with their content.
  else if (pathname.startsWith('/assets/')) event.respondWith(kept(request))
})

/** The newest page while there is a network; the kept one otherwise. */
async function fresh(event) {
  try {
    const answer = await fetch(event.request, { signal: AbortSignal.timeout(patienceMs) })
    if (answer.ok) event.waitUntil(keep(answer.clone()))
    return answer
  } catch (error) {
    const page = await caches.match('/')
    if (!page) throw error
    return page
  }
}

/** What the page does not name, such as the texts of a language, is kept once it was asked for. */
async function kept(request) {
  const had = await caches.match(request)
  if (had) return had
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(shelf)).put(request, answer.clone())
  return answer
}

/** Puts a page and all it names on the shelf. A new page takes what belonged to the old one off it. */
async function keep(answer) {
  if (!answer.ok) throw new Error(`The page was answered with ${answer.status}`)
  const cache = await caches.open(shelf)
  const text = await answer.clone().text()
  const before = await (await cache.match('/'))?.text()
  if (text === before) return
  const named = [...text.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path)
  const had = (await cache.keys()).map(({ url }) => new URL(url).pathname)
  await cache.addAll(named.filter((path) => !had.includes(path)))
  await cache.put('/', answer)
  for (const path of had) if (path !== '/' && !named.includes(path)) await cache.delete(path)
}
