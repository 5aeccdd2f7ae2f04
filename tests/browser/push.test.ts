// Longer than 300 lines: a push service, a server and two browsers, which no other file needs.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { startPushService } from '../features/push-service.ts'
import { waitFor } from '../support/client.ts'
import { problems } from './axe.ts'
import { type Actor, composer, enter, enterAgain, go, noteFaults } from './cast.ts'
import { startDesktop } from './desktop.ts'
import { pushBrowser } from './push-browser.ts'
import {
  browserIsThere,
  desk,
  launchPhone,
  launchWholeBrowser,
  phone,
  type RunningServer,
  startServer,
} from './support.ts'

/** What the functions use that run in the worker; TypeScript has the types of a page here. */
declare const self: EventTarget & { registration: ServiceWorkerRegistration }

describe.skipIf(!browserIsThere())('push messages on a phone', () => {
  let server: RunningServer
  let browser: Browser
  let service: ReturnType<typeof startPushService>
  /** What the phone shows. */
  let screen: Awaited<ReturnType<typeof startDesktop>>
  let context: BrowserContext
  let mobile: Awaited<ReturnType<typeof pushBrowser>>
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []
  let rooms = 0

  beforeAll(async () => {
    screen = await startDesktop()
    ;[server, browser, context] = await Promise.all([
      startServer({ NODE_ENV: 'production', OUTGOING_ALLOW: '127.0.0.1/32', RATE_LIMITS: 'off' }),
      launchWholeBrowser(),
      launchPhone(screen.environment),
    ])
    service = startPushService(async (device) => {
      if (device === mobile.device()) await mobile.deliver(service.of(device).at(-1)!)
      return 201
    })
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    await context.grantPermissions(['notifications'], { origin: server.url })
    mobile = await pushBrowser(context, server.url, service)
    cleo = await enter(context, server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
  })
  afterAll(async () => {
    await context?.close()
    await browser?.close()
    await server?.stop()
    service?.stop()
    await screen?.stop()
  })

  /** A new one each time: a device hears of one room only every few seconds. */
  async function roomOf(title: string): Promise<string> {
    const { id } = await ben.api('POST', '/rooms', { id: `room-${++rooms}`, title })
    await cleo.api('PUT', `/rooms/${id}/members/me`)
    return id as string
  }
  const post = async (room: string, content: string) =>
    (await ben.api('POST', `/rooms/${room}/messages`, { content })).seq as number
  const closePage = () => cleo.page.close()
  const openPage = async (fragment = '') => {
    if (cleo.page.isClosed()) {
      cleo.page = await context.newPage()
      noteFaults(cleo.page, faults)
    }
    await cleo.page.goto(`${server.url}/${fragment}`)
    await cleo.page.locator('.shell').waitFor()
  }
  const offer = ({ page }: Actor) => page.getByRole('region', { name: 'Notifications' })
  const shownIn = async (room: string) => (await mobile.shown()).filter(({ tag }) => tag === `parley ${room}`)
  const appears = (room: string) => waitFor(`a notification of ${room}`, async () => (await shownIn(room))[0])
  const goes = (room: string) =>
    waitFor(`none of ${room}`, async () => (await shownIn(room)).length === 0 || undefined)
  const pushesOf = async (actor: Actor) =>
    ((await actor.api('GET', '/auth/sessions')).items as { push?: string[] }[]).flatMap(
      ({ push = [] }) => push,
    )
  const recordOf = () =>
    cleo.page.evaluate(
      async (): Promise<{ lang: string; level: string } | undefined> =>
        (await caches.match('/push-record'))?.json(),
    )
  const seen = (text: string) =>
    waitFor(`“${text}” on the screen`, () => screen.shown().find(({ body }) => body.includes(text)))

  test('a quiet line offers notifications after the first message, and "Not now" is remembered', async () => {
    const other = await phone(browser)
    await other.grantPermissions(['notifications'], { origin: server.url })
    const dan = await enter(other, server.url, { username: 'dan', display_name: 'Dan' }, faults)
    await dan.api('POST', '/rooms', { id: 'dans', title: 'Of Dan' })
    await go(dan, '#room=dans')
    await composer(dan).fill('Hello')
    expect(await offer(dan).count()).toBe(0)
    await dan.page.getByRole('button', { name: 'Send', exact: true }).click()
    await offer(dan).waitFor()
    expect(await problems(dan.page, 'the offer')).toEqual([])
    await offer(dan).getByRole('button', { name: 'Not now' }).click()
    await offer(dan).waitFor({ state: 'detached' })
    await dan.page.reload()
    await composer(dan).fill('Hello again')
    await dan.page.getByRole('button', { name: 'Send', exact: true }).click()
    await dan.page.locator('.message', { hasText: 'Hello again' }).waitFor()
    expect(await offer(dan).count()).toBe(0)
    expect(await pushesOf(dan)).toEqual([])
    await other.close()
  })

  test('a person who was mentioned is offered notifications too, and "Turn on" subscribes this phone', async () => {
    const room = await roomOf('Harbour')
    await post(room, 'Nothing for you')
    await cleo.page.getByRole('link', { name: /Harbour.*1 unread/ }).waitFor()
    expect(await offer(cleo).count()).toBe(0)
    await post(room, 'Are you there, @cleo?')
    await offer(cleo).getByRole('button', { name: 'Turn on' }).click()
    await cleo.page.getByRole('alert').filter({ hasText: 'Notifications are on' }).waitFor()
    expect(await offer(cleo).count()).toBe(0)
    expect(await pushesOf(cleo)).toHaveLength(1)
    expect(mobile.keys).toEqual([(await cleo.api('GET', '/push/key')).key as string])
  })

  test('with the page closed, a mention is shown, and a click opens the message', async () => {
    const room = await roomOf('Mole')
    await closePage()
    const seq = await post(room, 'The **rope**, @cleo!')
    const onScreen = await seen('The rope, @cleo!')
    expect(onScreen.title).toBe('\u2068Ben\u2069 in \u2068Mole\u2069')
    expect(await shownIn(room)).toEqual([
      {
        title: '\u2068Ben\u2069 in \u2068Mole\u2069',
        body: 'The rope, @cleo!',
        tag: `parley ${room}`,
        lang: 'en',
        seq,
      },
    ])
    expect(service.wrong).toEqual([])
    const opened = context.waitForEvent('page')
    screen.click(onScreen.id)
    cleo.page = await opened
    noteFaults(cleo.page, faults)
    await cleo.page.locator('.message', { hasText: 'The rope, @cleo!' }).waitFor()
    expect(screen.shown()).toEqual([])
  })

  test('the notification vanishes when the desk reads the room', async () => {
    const room = await roomOf('Quay')
    await closePage()
    await post(room, '@cleo, on both devices')
    await seen('@cleo, on both devices')
    const other = await desk(browser)
    const atDesk = await enterAgain(other, server.url, 'cleo', faults)
    expect(screen.shown()).toHaveLength(1)
    await go(atDesk, `#room=${room}`)
    await atDesk.page.locator('.message', { hasText: '@cleo, on both devices' }).waitFor()
    await waitFor('an empty screen', () => screen.shown().length === 0 || undefined)
    await other.close()
  })

  test('there is one notification for each room, of the newest message, and an older one does not replace it', async () => {
    const [room, other] = [await roomOf('Pier'), await roomOf('Slip')]
    const first = await post(room, '@cleo, one')
    await appears(room)
    await post(other, '@cleo, elsewhere')
    await appears(other)
    const last = await post(room, '@cleo, two')
    await waitFor('the second one', async () => (await shownIn(room))[0]?.seq === last || undefined)
    await mobile.deliver({ type: 'message', room, seq: first, kind: 'mention', author: 'Ben', text: 'late' })
    await mobile.deliver({ type: 'read', room, seq: first })
    // What was sent last has come, so both before it were handled.
    await mobile.deliver({ type: 'read', room: other, seq: 1000 })
    await goes(other)
    expect((await shownIn(room)).map(({ seq }) => seq)).toEqual([last])
    expect(screen.shown().map(({ body }) => body.includes('two'))).toEqual([true])
    await cleo.api('PUT', `/rooms/${room}/read`, { seq: last })
    await goes(room)
  })

  test('what was read in the page of the phone goes as well', async () => {
    const room = await roomOf('Ferry')
    const seq = await post(room, '@cleo, the ferry')
    await seen('the ferry')
    await openPage(`#room=${room}&seq=${seq}`)
    await goes(room)
    expect(screen.shown()).toEqual([])
  })

  test('while the page is in view, nothing is shown; a click brings an open page to the message', async () => {
    const [room, other] = [await roomOf('Buoy'), await roomOf('Lamp')]
    await closePage()
    await post(room, '@cleo, the buoy')
    const { id } = await seen('the buoy')
    await openPage('#browse')
    await post(other, '@cleo, the lamp')
    await waitFor('the push', () => service.got.find(({ message }) => message.room === other))
    const row = { name: /Lamp.*1 mention/, includeHidden: true }
    await cleo.page.getByRole('link', row).waitFor({ state: 'attached' })
    expect(screen.shown().map((each) => each.id)).toEqual([id])
    const pages = context.pages().length
    screen.click(id)
    await cleo.page.locator('.message', { hasText: 'the buoy' }).waitFor()
    expect(await cleo.page.evaluate(() => location.hash)).toStartWith(`#room=${room}`)
    expect(context.pages()).toHaveLength(pages)
  })

  test('a notification is worded in the language of the reader, also when the server says little', async () => {
    await openPage('#settings=look')
    await cleo.page.getByRole('radio', { name: 'العربية' }).click()
    await cleo.page.getByRole('heading', { name: 'الإعدادات' }).waitFor()
    const room = await roomOf('Dock')
    await waitFor('the texts', async () => (await recordOf())?.lang === 'ar' || undefined)
    await closePage()
    await post(room, '@cleo, the dock')
    expect(await appears(room)).toMatchObject({ title: '\u2068Ben\u2069 في \u2068Dock\u2069', lang: 'ar' })
    await mobile.deliver({ type: 'message', room: 'none', seq: 1 })
    expect((await appears('none')).body).toBe('رسالة جديدة')
    expect((await appears('none')).title).toBe('Parley')
    await mobile.deliver({
      type: 'message',
      room: 'names',
      seq: 1,
      kind: 'mention',
      author: 'Ben',
      title: 'Names',
    })
    expect((await appears('names')).body).toBe('أشار إليك أحدهم.')
    await openPage('#settings=look')
    await cleo.page.getByRole('radio', { name: 'English' }).click()
    await cleo.page.getByRole('heading', { name: 'Settings' }).waitFor()
  })

  test('a subscription that the browser has replaced is replaced at the server', async () => {
    const before = await pushesOf(cleo)
    await closePage()
    const json = service.addDevice('replaced')
    await mobile.inWorker(async (next) => {
      const done: Promise<unknown>[] = []
      const change = Object.assign(new Event('pushsubscriptionchange'), {
        newSubscription: { endpoint: next.endpoint, toJSON: () => next },
        waitUntil: (work: Promise<unknown>) => done.push(work),
      })
      self.dispatchEvent(change)
      await Promise.all(done)
    }, json)
    const after = await pushesOf(cleo)
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
    const room = await roomOf('Lock')
    await post(room, '@cleo, the lock')
    await waitFor('the push', () => service.of('replaced').length > 0 || undefined)
    // The page finds that the browser has another one than the server, and puts it right.
    await openPage()
    await waitFor('the old device', async () => {
      const ids = await pushesOf(cleo)
      return (ids.length === 1 && ids[0] !== after[0]) || undefined
    })
  })

  test('the settings say which devices get them, and how many', async () => {
    await openPage('#settings=notices')
    await cleo.page.getByText('even while Parley is closed').waitFor()
    await cleo.page.getByRole('listitem').filter({ hasText: 'This device' }).waitFor()
    expect(await problems(cleo.page, 'the settings')).toEqual([])
    await cleo.page.getByRole('radio', { name: 'Every message' }).click()
    const room = await roomOf('Every')
    await waitFor('the level', async () => (await recordOf())?.level === 'all' || undefined)
    await closePage()
    await post(room, 'To nobody in particular')
    await appears(room)
    await openPage('#settings=notices')
    await cleo.page.getByRole('button', { name: /^Turn off notifications on/ }).click()
    await waitFor('the end', async () => (await pushesOf(cleo)).length === 0 || undefined)
    expect(mobile.device()).toBeUndefined()
    expect(await mobile.shown()).toEqual([])
    expect(await cleo.page.getByRole('radio', { name: 'Off' }).first().isChecked()).toBe(true)
  })

  test('without a push service, the page says that notifications come only while it is open, and tries again', async () => {
    const { page } = cleo
    mobile.refuse(true)
    await page.getByRole('radio', { name: 'Direct messages and mentions' }).click()
    await page.getByText("push service of your browser can't be reached").waitFor()
    expect(await problems(page, 'a push service that is away')).toEqual([])
    mobile.refuse(false)
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('listitem').filter({ hasText: 'This device' }).waitFor()
  })

  test('quiet hours are saved with their time zone', async () => {
    const { page } = cleo
    const save = page.locator('form', { hasText: 'Do not disturb' }).getByRole('button', { name: 'Save' })
    await page.getByRole('radio', { name: 'Every day at these hours' }).click()
    await page.getByLabel('From').fill('23:00')
    await page.getByLabel('Until').fill('06:30')
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
    expect(await problems(page, 'quiet hours')).toEqual([])
    await save.click()
    // Seen before: its own event drew the form again, without this word.
    await page.locator('form', { hasText: 'Do not disturb' }).getByText('Saved.').waitFor()
    const hours = { from: '23:00', to: '06:30', time_zone: 'Asia/Tokyo' }
    const saved = async () => (await cleo.api('GET', '/users/me')).quiet_hours
    await waitFor('the hours', async () => Bun.deepEquals(await saved(), hours))
    await page.reload()
    await page.getByLabel('Time zone').waitFor()
    expect(await page.getByLabel('From').inputValue()).toBe('23:00')
    await page.getByRole('radio', { name: 'Off' }).last().click()
    await save.click()
    await waitFor('none', async () => (await saved()) === undefined)
  })

  test('signing out ends the subscription at the browser', async () => {
    const { page } = cleo
    await openPage()
    expect(mobile.device()).toBeDefined()
    await page.getByRole('button', { name: 'Your account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await waitFor('the end', () => mobile.device() === undefined || undefined)
    expect(await recordOf()).toBeUndefined()
  })

  test('the settings say where to change the permission that a browser denies', async () => {
    const strict = await phone(browser)
    const eve = await enter(strict, server.url, { username: 'eve', display_name: 'Eve' }, faults)
    await strict.addInitScript(() =>
      Object.defineProperty(Notification, 'permission', { get: () => 'denied' }),
    )
    await eve.page.reload()
    await go(eve, '#settings=notices')
    await eve.page.getByText('Your browser blocks notifications').waitFor()
    await eve.page.getByRole('radio', { name: 'Direct messages and mentions' }).click()
    expect(await eve.page.getByRole('radio', { name: 'Off' }).first().isChecked()).toBe(true)
    expect(await pushesOf(eve)).toEqual([])
    await strict.close()
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})
