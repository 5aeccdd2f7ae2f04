import type { BrowserContext, CDPSession, Page, Worker } from 'playwright-core'
import type { startPushService } from '../features/push-service.ts'
import { patienceMs } from '../support/patience.ts'

type Service = ReturnType<typeof startPushService>
type Json = ReturnType<Service['addDevice']>
export type Shown = { title: string; body: string; tag: string; lang: string; seq: number }

let devices = 0

/**
 * A Chromium here has no push service of its own. So its `PushManager` is one of the test, which makes the keys; all else is real: the server
 * encrypts and sends, the device decrypts, and the browser gives what was decrypted to its service worker.
 */
export async function pushBrowser(context: BrowserContext, origin: string, service: Service) {
  let current: Json | undefined
  let refuses = false
  const keys: string[] = []

  await context.exposeFunction('pushManagerOfTest', async (act: string, key: string) => {
    if (act === 'end') current = undefined
    if (act === 'subscribe') {
      if (refuses) return 'refused'
      keys.push(key)
      service.trust(key)
      current ??= service.addDevice(`phone-${++devices}`)
    }
    return current
  })
  await context.addInitScript(() => {
    const manager = window as unknown as {
      pushManagerOfTest(act: string, key?: string): Promise<Json | 'refused' | undefined>
    }
    let key: Uint8Array | undefined
    const wrap = (json: Json | undefined) =>
      json && {
        endpoint: json.endpoint,
        // Kept over a reload, as a browser keeps it.
        options: { applicationServerKey: (key ?? keyOf(localStorage.getItem('key of test')!)).buffer },
        toJSON: () => json,
        unsubscribe: async () => {
          await manager.pushManagerOfTest('end')
          return true
        },
      }
    const keyOf = (text: string) => Uint8Array.from(text.split(','), Number)
    Object.assign(PushManager.prototype, {
      async subscribe(options: { applicationServerKey: Uint8Array }) {
        key = new Uint8Array(options.applicationServerKey)
        localStorage.setItem('key of test', key.join())
        const text = btoa(String.fromCharCode(...key))
        const json = await manager.pushManagerOfTest(
          'subscribe',
          text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
        )
        if (json === 'refused') throw new DOMException('Registration failed', 'AbortError')
        return wrap(json)
      },
      async getSubscription() {
        return wrap((await manager.pushManagerOfTest('get')) as Json | undefined) ?? null
      },
    })
  })

  // Neither is Parley's page: the one has the debugger, the other may ask the registration of this origin.
  const blank = await context.newPage()
  const devtools = await context.newCDPSession(blank)
  const registration = registrationOf(devtools, origin)
  await devtools.send('ServiceWorker.enable')
  const observer = await context.newPage()
  await observer.goto(`${origin}/health`)

  return {
    keys,
    device: () => current && new URL(current.endpoint).pathname.slice(1),
    json: () => current,
    /** The browser can no longer reach its push service. */
    refuse(next: boolean) {
      refuses = next
    },
    /** As the push service of the browser does, when a message has come for it. */
    async deliver(message: object) {
      const data = JSON.stringify(message)
      await devtools.send('ServiceWorker.deliverPushMessage', {
        origin,
        registrationId: await registration,
        data,
      })
    },
    shown: () =>
      observer.evaluate(async (): Promise<Shown[]> => {
        const registration = await navigator.serviceWorker.getRegistration('/')
        // With the lock of the service worker, which says why.
        const notifications = await navigator.locks.request(
          'parley.notifications',
          async () => (await registration?.getNotifications()) ?? [],
        )
        return notifications.map(({ title, body, tag, lang, data }) => ({
          ...{ title, body, tag, lang },
          seq: data.seq,
        }))
      }),
    /** Runs something in the service worker. Chromium ends it when it is idle, so it is woken up, and looked for each time. */
    async inWorker<Given, Result>(work: (given: Given) => Promise<Result>, given: Given): Promise<Result> {
      for (const endMs = performance.now() + patienceMs; ; ) {
        try {
          const worker = await findWorker(context, observer)
          return (await worker.evaluate(work as never, given)) as Result
        } catch (error) {
          if (performance.now() > endMs || !/closed|destroyed|detached/i.test(String(error))) throw error
        }
      }
    },
  }
}

async function findWorker(context: BrowserContext, observer: Page): Promise<Worker> {
  const running = context.serviceWorkers()
  if (running.length > 0) return running.at(-1)!
  const started = context.waitForEvent('serviceworker')
  await observer.evaluate(async () =>
    (await navigator.serviceWorker.getRegistration('/'))!.active!.postMessage('wake up'),
  )
  return started
}

function registrationOf(devtools: CDPSession, origin: string): Promise<string> {
  return new Promise((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${origin}/` && !isDeleted)
      if (found) resolve(found.registrationId)
    })
  })
}
