import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { patienceMs } from '../support/patience.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchWholeBrowser } from './support.ts'

type Shown = { title: string; body: string; tag: string; closed: boolean; notice: Notification }
declare global {
  interface Window {
    shown: Shown[]
    notes: number
    look: (away: boolean) => void
  }
}

/** Whether a page is seen is for the browser to say, and a headless one shows it always; its notifications nobody sees. */
const watch = (context: BrowserContext) =>
  context.addInitScript(() => {
    let away = false
    Object.defineProperty(document, 'visibilityState', { get: () => (away ? 'hidden' : 'visible') })
    window.look = (next) => {
      away = next
      document.dispatchEvent(new Event('visibilitychange'))
    }
    window.shown = []
    window.notes = 0
    window.Notification = class extends Notification {
      #shown: Shown
      constructor(title: string, options: NotificationOptions = {}) {
        super(title, options)
        const { body = '', tag = '' } = options
        this.#shown = { title, body, tag, closed: false, notice: this }
        window.shown.push(this.#shown)
      }
      override close() {
        this.#shown.closed = true
        super.close()
      }
    }
    const { start } = OscillatorNode.prototype
    OscillatorNode.prototype.start = function (at) {
      window.notes += 1
      start.call(this, at)
    }
  })

describe.skipIf(!browserIsThere())('browser notifications', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  let direct: string
  /** A second tab of Ben's. */
  let other: Page
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchWholeBrowser()
    const context = await desk(browser)
    await context.grantPermissions(['notifications'], { origin: server.url })
    await watch(context)
    ben = await enter(context, server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    await cleo.api('PUT', '/rooms/quay/members/me')
    direct = (await cleo.api('POST', '/directs', { usernames: ['ben'] })).id as string
    await go(ben, '#settings=notices')
    await ben.page.getByRole('radio', { name: 'Direct messages and mentions' }).click()
    await go(ben, '#browse')
    other = await context.newPage()
    await other.goto(`${server.url}/#browse`)
    await other.getByRole('link', { name: /Cleo/ }).waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const post = (room: string, content: string) =>
    cleo.api('POST', `/rooms/${room}/messages`, { content }) as unknown as Promise<{ seq: number }>
  const notifications = async () =>
    (
      await Promise.all(
        [ben.page, other].map((page) =>
          page.evaluate(() => window.shown.map(({ notice: _, ...plain }) => plain)),
        ),
      )
    ).flat()
  const until = (count: number) => ben.page.waitForFunction((wanted) => window.shown.length === wanted, count)
  const look = (page: Page, away: boolean) => page.evaluate((hidden) => window.look(hidden), away)
  /** A later notification passes the same way: once it has come, an earlier one that is missing will not come. */
  const leave = async () => {
    await look(ben.page, true)
    await look(other, true)
  }

  test('while any tab is in view, no notification is shown', async () => {
    await look(ben.page, true)
    await post(direct, 'You are looking elsewhere')
    await ben.page.getByRole('link', { name: /Cleo.*1 unread/ }).waitFor()
    // Longer than the pause before a notification: that nothing comes has no other sign.
    await Bun.sleep(1200)
    expect(await notifications()).toEqual([])
  })

  test('a direct message is shown by one tab only, once for each room, without its markup', async () => {
    await leave()
    await post(direct, 'Are you **there**?')
    await until(1)
    await post(direct, 'Still?')
    await until(2)
    const [first, second] = await notifications()
    expect(first).toMatchObject({ title: 'Cleo', body: 'Are you there?', tag: `parley ${direct}` })
    expect(second).toMatchObject({ body: 'Still?', tag: `parley ${direct}` })
    expect(await notifications()).toHaveLength(2)
    expect(await ben.page.evaluate(() => window.notes)).toBe(0)
  })

  test('the title counts, and the mark on the tab changes', async () => {
    await ben.page.waitForFunction(() => document.title.startsWith('(3)'))
    expect(await ben.page.locator('link[rel=icon][type="image/svg+xml"]').getAttribute('href')).toMatch(
      /mark-new-/,
    )
  })

  test('in a room a mention is shown and other messages are not; a muted room shows nothing', async () => {
    await post('quay', 'Just talk')
    await post('quay', '@ben, the rope')
    await until(3)
    expect((await notifications()).at(-1)).toMatchObject({ body: '@ben, the rope', tag: 'parley quay' })
    expect((await notifications()).at(-1)!.title).toMatch(/Cleo.* in .*Quay/)
    await ben.api('PUT', '/rooms/quay/notifications', { level: 'nothing' })
    await ben.page.reload()
    await other.reload()
    await leave()
    await ben.page.waitForFunction(() => document.querySelector('.row[href="#room=quay"].is-quiet'))
    await post('quay', '@ben, again')
    const { seq } = await post(direct, 'And here')
    // A reload takes the lock from one tab to the other.
    const page = await Promise.any(
      [ben.page, other].map(async (each) => {
        await each.waitForFunction(() => window.shown.length > 0)
        return each
      }),
    )
    expect((await notifications()).map(({ body }) => body)).toEqual(['And here'])
    // Read at once: the message leaves the address as soon as it is shown.
    const address = await page.evaluate(() => {
      window.shown[0]!.notice.dispatchEvent(new Event('click'))
      return location.hash
    })
    expect(address).toBe(`#room=${direct}&seq=${seq}`)
  })

  test('a notification disappears when the message is read on another device', async () => {
    const { seq } = await post(direct, 'Read this on the phone')
    const shown = async () => (await notifications()).find(({ body }) => body === 'Read this on the phone')
    await eventually(async () => (await shown()) !== undefined)
    await ben.api('PUT', `/rooms/${direct}/read`, { seq })
    await eventually(async () => (await shown())!.closed)
  })

  test('a tone sounds only for people who turned it on', async () => {
    await look(ben.page, false)
    await go(ben, '#settings=notices')
    await ben.page.getByRole('radio', { name: 'Quiet sound' }).click()
    await go(ben, '#browse')
    await leave()
    await post(direct, 'Listen')
    const notes = async () =>
      (await Promise.all([ben.page, other].map((page) => page.evaluate(() => window.notes)))).reduce(
        (sum, each) => sum + each,
      )
    await eventually(async () => (await notes()) > 0)
    expect(await notes()).toBe(2)
  })

  test('in your quiet hours nothing is shown', async () => {
    await cleo.api('POST', '/rooms', { id: 'loud', title: 'Loud' })
    await ben.api('PUT', '/rooms/loud/members/me')
    await look(ben.page, false)
    await go(ben, '#settings=notices')
    const hour = (from: number) =>
      `${String((new Date().getUTCHours() + from + 24) % 24).padStart(2, '0')}:00`
    const quiet_hours = { from: hour(-2), to: hour(3), time_zone: 'UTC' }
    await ben.api('PATCH', '/users/me', { quiet_hours })
    await ben.page.getByLabel('Time zone').waitFor()
    await leave()
    const title = await ben.page.title()
    await post(direct, 'Hush')
    await ben.page.waitForFunction((before) => document.title !== before, title)
    await ben.api('PATCH', '/users/me', { quiet_hours: { ...quiet_hours, to: quiet_hours.from } })
    await ben.page.getByLabel('Time zone').waitFor({ state: 'detached' })
    // In another room: its pause began later, so what came of the other message is there before.
    await post('loud', '@ben, wake up')
    const texts = async () => (await notifications()).map(({ body }) => body)
    await eventually(async () => (await texts()).includes('@ben, wake up'))
    expect(await texts()).not.toContain('Hush')
  })

  test('nothing broke on the way', async () => {
    expect(await composer(cleo).count()).toBe(0)
    expect(faults).toEqual([])
  })
})

/** In whichever of two tabs it comes true: a page can wait only for its own. */
async function eventually(isTrue: () => Promise<boolean>) {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await Bun.sleep(50))
    if (await isTrue()) return
  throw new Error(`It never came true: ${isTrue}`)
}
