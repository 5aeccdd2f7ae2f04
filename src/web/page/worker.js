/*
 * The service worker: it caches the page, so that Parley opens without a network and says so, and shows what push messages say.
 * It never caches messages: unconfirmed ones are in the outbox of the page. Plain JavaScript, because it is not bundled.
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
  // What an older server has sent varies with `Accept`, which a style sheet has of its own.
  const had = await caches.match(request, { ignoreVary: true })
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

/*
 * Push messages (protocol/push.ts). The page writes down what it takes to word them in the reader's language (push/record.ts): it may be
 * closed when one comes.
 */
const recordCache = 'parley-push'
const recordPath = '/push-record'
const english = { in: '{name} in {room}', mention: 'You were mentioned.', message: 'New message' }

self.addEventListener('push', (event) => {
  const message = event.data?.json() ?? {}
  if (message.type === 'message') event.waitUntil(oneAtATime(() => show(message)))
  if (message.type === 'read') event.waitUntil(oneAtATime(() => takeBack(message)))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openAt(event.notification.data))
})

self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renewSubscription(event)))

/**
 * Chromium forgets a notification that somebody asks for in the moment between its being stored and shown: it stays on the screen, and can
 * never be closed. The page takes the same lock (push/device.ts).
 */
const oneAtATime = (work) => navigator.locks.request('parley.notifications', work)

/** One notification for each room. In a page that is in view, the message is seen already. */
async function show(message) {
  const { room, seq, kind } = message
  const [record, shown] = await Promise.all([readRecord(), shownOf(room)])
  if (!mustShow(record) && (await isSomePageInView())) return
  // A service may deliver them in another order.
  if (shown.some(({ data }) => data.seq >= seq && (kind === 'all' || data.kind !== 'all'))) return
  const texts = record?.texts ?? english
  const body = message.text || (kind === 'mention' ? texts.mention : texts.message)
  await self.registration.showNotification(titleOf(message, texts), {
    body,
    tag: tagOf(room),
    // What does not mean the reader replaces the notification before it without a sound.
    renotify: kind !== 'all',
    data: { room, seq, kind },
    dir: 'auto',
    ...(record && { lang: record.lang, icon: record.icon }),
  })
}

/** What was read elsewhere needs no notification. */
async function takeBack({ room, seq }) {
  for (const each of await shownOf(room)) if (each.data.seq <= seq) each.close()
}

/** Brings an open page to the message, or opens one. */
async function openAt({ room, seq }) {
  const address = `#room=${encodeURIComponent(room)}&seq=${seq}`
  const pages = await openPages()
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0]
  if (!page) return void (await self.clients.openWindow(`/${address}`))
  page.postMessage({ open: address })
  await page.focus()
}

/** The browser has ended the subscription or given it another address: the server must know the new one. */
async function renewSubscription({ oldSubscription, newSubscription }) {
  const record = await readRecord()
  if (!record) return
  const key = oldSubscription?.options.applicationServerKey ?? (await ask('GET', '/push/key')).key
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const subscription = newSubscription ?? (await self.registration.pushManager.subscribe(options))
  const body = { ...subscription.toJSON(), level: record.level }
  const { id } = await ask('POST', '/push/subscriptions', body)
  await writeRecord({ ...record, id, endpoint: subscription.endpoint })
  if (id !== record.id) await ask('DELETE', `/push/subscriptions/${record.id}`)
}

/** As the person who is signed in. The access cookie may have expired since a page was open. */
async function ask(method, path, body, isAgain = false) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  if (response.status === 401 && !isAgain) {
    // The lock of the pages: a refresh token works once.
    await navigator.locks.request('parley.renewal', () =>
      fetch('/auth/refresh', { method: 'POST', headers: { ...headers, 'x-session': 'cookie' }, body: '{}' }),
    )
    return ask(method, path, body, true)
  }
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
  return response.status === 204 ? undefined : response.json()
}

function titleOf({ kind, author, title }, texts) {
  if (author === undefined) return 'Parley'
  if (kind === 'direct' || title === undefined) return author
  return texts.in.replace(/\{(name|room)\}/g, (_, gap) => isolated(gap === 'name' ? author : title))
}

/** As `isolated` of the page: a name may be written in the other direction. */
const isolated = (name) => `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`
const tagOf = (room) => `parley ${room}`
const shownOf = (room) => self.registration.getNotifications({ tag: tagOf(room) })

/** Other pages of this server, such as its documentation, know no rooms. */
async function openPages() {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return windows.filter(({ url }) => new URL(url).pathname === '/')
}

const isSomePageInView = async () =>
  (await openPages()).some(({ visibilityState }) => visibilityState === 'visible')

/** Safari takes the permission away after a few pushes without a notification, whatever is in view. */
const mustShow = (record) =>
  record !== undefined && new URL(record.endpoint).hostname.endsWith('.push.apple.com')

async function readRecord() {
  const response = await (await caches.open(recordCache)).match(recordPath)
  return response?.json()
}

const writeRecord = async (record) =>
  (await caches.open(recordCache)).put(recordPath, new Response(JSON.stringify(record)))
