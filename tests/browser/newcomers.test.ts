import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Browser, devices, type Locator, type Page } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, enterAgain, go, openMenu, willBeMarked } from './cast.ts'
import { browserIsThere, desk, launchBrowser, patient, phone } from './support.ts'

const password = 'a lantern for everyone'

// Found on 2026-12-01 by two people who knew other chats and had never seen this one.
describe.skipIf(!browserIsThere())('somebody who is here for the first time', () => {
  let server: TestServer
  let browser: Browser
  let ada: Actor
  let ben: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben' }, faults)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const heightOf = async (what: Locator) => (await what.boundingBox())!.height
  const invite = async () => {
    const { code } = await ada.api('POST', '/rooms/general/invites', { expires_in: 3600 })
    return `${server.url}/#invite=${code}`
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

  test('sees all tabs of the settings in one row at a desk', async () => {
    const page = await (await desk(browser)).newPage()
    await page.goto(`${server.url}/#setup=${server.setupCode}`)
    await page.getByLabel('Username').fill('ada')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press(page, 'Create administrator account')
    await page.getByRole('heading', { name: /Welcome/ }).waitFor()
    await page.context().close()
    ada = await enterAgain(await desk(browser), server.url, 'ada', faults, password)
    await go(ada, '#settings=profile')
    const tabs = ada.page.getByRole('navigation', { name: 'Settings' })
    await tabs.waitFor()
    expect(await heightOf(tabs)).toBeLessThan(64)
  })

  test('is in the room as soon as they have an account, and when they sign in', async () => {
    const page = await (await phone(browser)).newPage()
    await page.goto(await invite())
    await page.getByLabel('Username').fill('cleo')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press(page, 'Create account')
    await composer({ page } as Actor).waitFor()
    expect(await page.getByRole('heading', { name: 'General' }).count()).toBeGreaterThan(0)
    await page.context().close()

    const bens = await (await phone(browser)).newPage()
    await bens.goto(await invite())
    await press(bens, 'Sign in')
    await bens.getByLabel('Username or email').fill('ben')
    await bens.getByLabel('Password', { exact: true }).fill(password)
    await press(bens, 'Sign in')
    await composer({ page: bens } as Actor).waitFor()
    await bens.context().close()
    // With a session, a link asks first.
    await go(ada, new URL(await invite()).hash)
    await press(ada.page, 'Join')
    await composer(ada).waitFor()
  })

  test('comes back to the room that was open last, at a desk, until they sign out', async () => {
    const cleo = await enterAgain(await desk(browser), server.url, 'cleo', faults, password)
    const open = async (page: Page, address: string) => {
      await page.goto('about:blank')
      await page.goto(address)
    }
    await go(cleo, '#room=general')
    await composer(cleo).waitFor()
    await open(cleo.page, server.url)
    await composer(cleo).waitFor()
    expect(new URL(cleo.page.url()).hash).toBe('#room=general')
    // An administrator is not led away from what the community still needs.
    await open(ada.page, server.url)
    await ada.page.getByRole('heading', { name: 'Choose a room' }).waitFor()
    expect(await composer(ada).count()).toBe(0)
    await ben.page.goto(`${server.url}/#room=general`)
    await composer(ben).waitFor()
    await open(ben.page, server.url)
    await ben.page.getByRole('link', { name: 'General' }).waitFor()
    expect(await composer(ben).count()).toBe(0)

    const kept = () => cleo.page.evaluate(() => localStorage.getItem('parley.lastRoom'))
    expect(await kept()).toBe('general')
    await openMenu(cleo, 'Your account', 'Sign out')
    await cleo.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await kept()).toBeNull()
    await cleo.page.context().close()
  })

  test('sees several deleted messages as one line, to which a link to each of them leads', async () => {
    await go(ada, '#room=general')
    await composer(ada).waitFor()
    const seqs: number[] = []
    for (const content of ['One', 'Two', 'Three', 'Kept'])
      seqs.push((await ada.api('POST', '/rooms/general/messages', { content })).seq as number)
    await ada.api('POST', '/rooms/general/messages', { content: 'A reply', reply_to: seqs[3]! })
    for (const seq of [seqs[0], seqs[1], seqs[3]]) await ada.api('DELETE', `/rooms/general/messages/${seq}`)
    await ada.page.getByText('2 messages were deleted').waitFor()
    // A thread still begins at the message that is gone.
    const root = ada.page.locator(`.timeline [data-seq="${seqs[3]}"]`)
    await root.getByText('This message was deleted').waitFor()
    await root.getByRole('button', { name: /1 reply/ }).waitFor()
    for (const seq of seqs.slice(0, 2)) {
      const marked = willBeMarked(ada, { text: '2 messages were deleted' })
      await go(ada, `#room=general&seq=${seq}`)
      await marked
      await ada.page.locator('.message.found').waitFor({ state: 'detached' })
    }
    const size = (text: string) =>
      ada.page.getByText(text).evaluate((at) => Number.parseFloat(getComputedStyle(at).fontSize))
    expect(await size('2 messages were deleted')).toBeLessThan(await size('Three'))
  })

  test('can mark a room as read in the list, without opening it', async () => {
    await go(ada, '#browse')
    await ben.api('POST', '/rooms/general/messages', { content: 'Are you there, @ada?' })
    const list = ada.page.getByRole('navigation', { name: 'Rooms', exact: true })
    const row = list.getByRole('link', { name: /General/ })
    await list.getByRole('link', { name: /General.*1 mention/ }).waitFor()
    await row.click({ button: 'right' })
    await ada.page.getByRole('menuitem', { name: 'Mark as read' }).click()
    await list.getByRole('link', { name: /General$/ }).waitFor()
    await row.click({ button: 'right' })
    const choices = await ada.page.getByRole('menu').getByRole('menuitem').allInnerTexts()
    expect(choices).not.toContain('Mark as read')
    // What everybody needs comes before what only moderators do.
    expect(choices.indexOf('Notifications')).toBeLessThan(choices.indexOf('Webhooks'))
    await ada.page.keyboard.press('Escape')
  })

  test('has the menu of a room in the same row as its title, also in Arabic on a small phone', async () => {
    const small = await patient(browser, {
      ...devices['iPhone SE'],
      viewport: { width: 360, height: 740 },
      locale: 'ar',
    })
    const there = await enterAgain(small, server.url, 'ben', faults, password)
    await go(there, '#room=general')
    await there.page.locator('.room textarea').waitFor()
    const header = there.page.locator('.room > header')
    await header.getByText('متصل').waitFor()
    expect(await heightOf(header)).toBeLessThan(72)
    await small.close()
  })

  test('reads in a conversation of two whether the other is online, not how many of the two are', async () => {
    const { id } = await ada.api('POST', '/directs', { usernames: ['ben'] })
    await go(ada, `#room=${id}`)
    const button = ada.page.locator('.here-button')
    await button.getByText('Online', { exact: true }).waitFor()
    await ben.page.goto('about:blank')
    await button.getByText('Offline', { exact: true }).waitFor()
    expect(await button.innerText()).not.toMatch(/\d/)
  })

  test('does not take the time of an edit for words of a pinned message', async () => {
    const { seq } = await ada.api('POST', '/rooms/general/messages', { content: 'It weighs 40 kilos' })
    await ada.api('PATCH', `/rooms/general/messages/${seq}`, { content: 'It weighs 50 kilos' })
    await ada.api('PUT', `/rooms/general/pins/${seq}`)
    await go(ada, '#room=general')
    await press(ada.page, 'Pinned messages')
    const pin = ada.page.getByRole('dialog').getByRole('listitem')
    const sizes = await pin.evaluate((item) =>
      ['p:last-of-type', 'time.note'].map((part) =>
        Number.parseFloat(getComputedStyle(item.querySelector(part)!).fontSize),
      ),
    )
    expect(sizes[1]!).toBeLessThan(sizes[0]!)
    await ada.page.keyboard.press('Escape')
  })

  test('nothing broke in the page', () => {
    expect(faults).toEqual([])
  })
})
