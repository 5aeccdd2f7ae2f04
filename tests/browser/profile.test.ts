import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, backToList, composer, enter, go, openMenu } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

/** With `SHOTS` the pictures of what is made here are kept in that directory. */
const shots = process.env.SHOTS

describe.skipIf(!browserIsThere())('a profile and a status, for two at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    await ben.api('POST', '/rooms', { id: 'boats', title: 'Boats' })
    await cleo.api('PUT', '/rooms/boats/members/me')
    await ben.api('POST', '/directs', { usernames: ['cleo'] })
    await go(cleo, '#room=boats')
    await composer(cleo).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const look = async ({ page }: Actor, what: string) => {
    expect(await problems(page, what)).toEqual([])
    if (shots) await page.screenshot({ path: `${shots}/${what.replaceAll(' ', '-')}.png` })
  }
  const sheet = ({ page }: Actor, name = /./) => page.getByRole('dialog', { name })
  const direct = () => cleo.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /Ben/ })
  const member = () => cleo.page.locator('.people .person-link', { hasText: 'Ben' })

  test('title, pronouns and time zone are set in the settings, and on the card for everybody', async () => {
    await go(ben, '#settings=profile')
    const { page } = ben
    // The last tabs were beyond the edge of a phone, in a row that did not look as if it scrolled.
    const tabs = page.getByRole('navigation', { name: 'Settings' }).getByRole('link')
    await tabs.getByText('Account', { exact: true }).waitFor()
    for (const box of await Promise.all((await tabs.all()).map((tab) => tab.boundingBox()))) {
      expect(box!.x).toBeGreaterThanOrEqual(0)
      expect(box!.x + box!.width).toBeLessThanOrEqual(page.viewportSize()!.width)
    }
    await page.getByLabel('Title').fill('Harbour master')
    await page.getByLabel('Pronouns').fill('he/him')
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
    await look(ben, 'profile settings on a phone')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    expect(await ben.api('GET', '/users/me')).toMatchObject({
      ...{ title: 'Harbour master', pronouns: 'he/him', time_zone: 'Asia/Tokyo' },
    })
    await member().click()
    await sheet(cleo).getByText('Harbour master · he/him').waitFor()
    const there = new Intl.DateTimeFormat('en', { hour: 'numeric', timeZone: 'Asia/Tokyo' }).format()
    // The hour may end in this moment.
    await sheet(cleo)
      .getByText(new RegExp(`${there.split(' ')[0]}:\\d\\d|:0\\d.*local time`))
      .waitFor()
    await cleo.page.keyboard.press('Escape')
  })

  test('a status with an end is set from the menu of the account, and others see it at once', async () => {
    await backToList(ben)
    await openMenu(ben, 'Your account', 'Set a status')
    const form = sheet(ben, /Your status/)
    await form.getByLabel('What are you doing?').waitFor()
    await look(ben, 'status sheet on a phone')
    await form.getByRole('button', { name: 'At lunch' }).click()
    expect(await form.getByLabel('What are you doing?').inputValue()).toBe('At lunch')
    await form.getByLabel('What are you doing?').fill('At lunch with Ada')
    await form.getByLabel('Ends').selectOption({ label: 'In 30 minutes' })
    const before = Date.now()
    await form.getByRole('button', { name: 'Set a status' }).click()
    await form.waitFor({ state: 'detached' })
    const { custom_status } = (await ben.api('GET', '/users/me')) as { custom_status: { until: string } }
    expect(custom_status).toMatchObject({ emoji: '🥪', text: 'At lunch with Ada' })
    const lastsMs = Date.parse(custom_status.until) - before
    expect(lastsMs).toBeGreaterThanOrEqual(30 * 60_000)
    await direct().getByText('🥪').waitFor()
    await member().getByText('🥪').waitFor()
    expect(await member().getByText('🥪').getAttribute('title')).toBe('At lunch with Ada')
    await look(cleo, 'status in the lists')
    await member().click()
    await sheet(cleo)
      .getByText(/🥪 At lunch with Ada until/)
      .waitFor()
    await look(cleo, 'card with a status')
    await cleo.page.keyboard.press('Escape')
  })

  test('an emoji of your own is picked, and a status is cleared', async () => {
    await openMenu(cleo, 'Your account', 'Set a status')
    const form = sheet(cleo, /Your status/)
    await form.getByRole('button', { name: 'Emoji' }).click()
    await cleo.page.getByPlaceholder(/./).last().fill('anchor')
    await cleo.page.getByRole('button', { name: 'anchor', exact: true }).first().click()
    await form.getByLabel('What are you doing?').fill('At sea')
    await look(cleo, 'status sheet at a desk')
    await form.getByRole('button', { name: 'Set a status' }).click()
    await form.waitFor({ state: 'detached' })
    await cleo.page.locator('.self', { hasText: '⚓' }).waitFor()
    // It once had a line of its own there.
    const rems = () =>
      cleo.page.locator('.self strong').evaluate((name) => name.getClientRects()[0]!.height / 16)
    expect(await rems()).toBeLessThan(2)
    expect((await cleo.api('GET', '/users/me')).custom_status).toEqual({ emoji: '⚓', text: 'At sea' })
    await openMenu(cleo, 'Your account', 'Set a status')
    await form.getByRole('button', { name: 'Clear status' }).click()
    await form.waitFor({ state: 'detached' })
    expect((await cleo.api('GET', '/users/me')).custom_status).toBeUndefined()
  })

  test('/status sets it from where you write, clears it, and alone opens the form', async () => {
    const say = async (text: string) => {
      await composer(cleo).fill(text)
      await composer(cleo).press('Control+Enter')
    }
    // The event that shows the status may come before the response that empties the composer.
    const emptied = () => cleo.page.waitForFunction(() => document.querySelector('textarea')?.value === '')
    await say('/status 2h ⚓ Out at sea')
    await cleo.page.locator('.self', { hasText: '⚓' }).waitFor()
    expect(await cleo.api('GET', '/users/me')).toMatchObject({
      custom_status: { emoji: '⚓', text: 'Out at sea', until: expect.any(String) },
    })
    await emptied()
    await say('/status off')
    await cleo.page.locator('.self', { hasText: '⚓' }).waitFor({ state: 'detached' })
    await emptied()
    expect((await cleo.api('GET', '/users/me')).custom_status).toBeUndefined()
    await say('/status 2h')
    await cleo.page.getByRole('alert').filter({ hasText: 'Write it like this' }).waitFor()
    expect(await composer(cleo).inputValue()).toBe('/status 2h')
    await say('/status')
    await sheet(cleo, /Your status/).waitFor()
    await cleo.page.keyboard.press('Escape')
    await sheet(cleo, /Your status/).waitFor({ state: 'detached' })
  })

  test('an open card follows a change, and the header of a direct message shows it', async () => {
    await ben.api('PATCH', '/users/me', { custom_status: {} })
    await member().click()
    await sheet(cleo).getByText('Harbour master · he/him').waitFor()
    await ben.api('PATCH', '/users/me', { custom_status: { emoji: '🎣', text: 'Fishing' } })
    await sheet(cleo).getByText('🎣 Fishing').waitFor()
    await ben.api('PATCH', '/users/me', { custom_status: {} })
    await sheet(cleo).getByText('🎣 Fishing').waitFor({ state: 'detached' })
    // What the event does not say stays.
    await sheet(cleo).getByText('Harbour master · he/him').waitFor()
    await cleo.page.keyboard.press('Escape')
    await direct().click()
    await composer(cleo).waitFor()
    const header = cleo.page.locator('main > header .about')
    expect(await header.locator('.status').count()).toBe(0)
    await ben.api('PATCH', '/users/me', { custom_status: { emoji: '🎣', text: 'Fishing' } })
    await header.getByText('🎣 Fishing').waitFor()
    await look(cleo, 'status in a header')
    await ben.api('PATCH', '/users/me', { custom_status: {} })
    await header.getByText('🎣 Fishing').waitFor({ state: 'detached' })
    await go(cleo, '#room=boats')
    await composer(cleo).waitFor()
  })

  test('a status leaves the lists when it ends', async () => {
    const until = new Date(Date.now() + 1500).toISOString()
    await ben.api('PATCH', '/users/me', { custom_status: { emoji: '🌴', until } })
    await direct().getByText('🌴').waitFor()
    await direct().getByText('🌴').waitFor({ state: 'detached' })
    await member().getByText('🌴').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })
})
