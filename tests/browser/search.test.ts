import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { willBeMarked } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('searching messages, at a desk and on a phone', () => {
  let server: TestServer
  let browser: Browser
  let ben: Page
  let cleo: Page
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ policy: sweepAtOnce })
    browser = await launchBrowser()
    ben = await enter(await desk(browser), 'ben', 'Ben Okafor')
    cleo = await enter(await phone(browser), 'cleo', 'Cleo Marchetti')
    const post = async (page: Page, room: string, content: string) =>
      page.request.post(`${server.url}/rooms/${room}/messages`, { ...own(), data: { content } })
    for (const [id, title] of [
      ['quay', 'The quay'],
      ['pier', 'The pier'],
    ])
      await ben.request.post(`${server.url}/rooms`, { ...own(), data: { id, title } })
    for (const id of ['quay', 'pier']) await cleo.request.put(`${server.url}/rooms/${id}/members/me`, own())
    await post(ben, 'quay', 'Bring the old lantern, please: **die Straße ist dunkel**')
    await post(cleo, 'pier', 'A lantern is at https://example.org/lantern')
    for (let n = 0; n < 120; n++) await post(ben, 'quay', `Line ${n}`)
    await indexed(server)
    for (const page of [ben, cleo]) await page.goto(`${server.url}/#room=quay`)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const own = () => ({ headers: { origin: server.url } })

  async function enter(context: BrowserContext, username: string, display_name: string): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    const data = {
      username,
      email: `${username}@example.org`,
      password: 'the tide turns at four',
      display_name,
    }
    const headers = { 'x-session': 'cookie', origin: server.url }
    await context.request.post(`${server.url}/auth/signup`, { headers, data })
    return page
  }

  const look = async (page: Page, name: string) => {
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
  }

  test('Ctrl-F finds as you type, marks the words, says how many, and goes there', async () => {
    await ben.getByRole('region', { name: 'Messages', exact: true }).waitFor()
    await ben.keyboard.press('Control+f')
    const box = ben.getByRole('dialog', { name: 'Search messages' })
    await box.waitFor()
    await look(ben, 'desk-empty')
    await ben.keyboard.type('lant')
    await box.getByRole('status').filter({ hasText: '2 messages found' }).waitFor()
    expect(await box.locator('mark').allTextContents()).toEqual(['lantern', 'lantern', 'lantern'])
    await look(ben, 'desk-found')
    await ben.emulateMedia({ colorScheme: 'dark' })
    await look(ben, 'desk-dark')
    await ben.emulateMedia({ colorScheme: 'light' })
    await box.getByRole('button', { name: 'In this room' }).click()
    await box.getByRole('status').filter({ hasText: '1 message found' }).waitFor()
    const marked = willBeMarked({ page: ben }, { text: 'die Straße ist dunkel' })
    await box.getByRole('link').click()
    await ben.getByText('die Straße ist dunkel').waitFor()
    expect(await box.count()).toBe(0)
    await marked
    await look(ben, 'desk-there')
  })

  test('Ctrl-K leads to the messages too, and what is not there is said', async () => {
    await ben.keyboard.press('Control+k')
    await ben.keyboard.type('nowhere to be read')
    await ben.getByRole('option', { name: /^Search messages for/ }).click()
    const box = ben.getByRole('dialog', { name: 'Search messages' })
    await box.getByRole('status').filter({ hasText: 'No messages found' }).waitFor()
    await look(ben, 'desk-none')
    await box.getByRole('searchbox').fill('before:noon')
    await box.getByRole('status').filter({ hasText: 'before:' }).waitFor()
    await ben.keyboard.press('Escape')
    expect(await box.count()).toBe(0)
  })

  test('older messages that cannot be loaded are said, what was found stays, and they are asked for again', async () => {
    await ben.keyboard.press('Control+f')
    const box = ben.getByRole('dialog', { name: 'Search messages' })
    // It was searched in one room, and the filter is kept.
    await box.getByRole('searchbox').fill('line')
    await box.getByRole('status').filter({ hasText: '20 messages found' }).waitFor()
    const isOlder = (url: URL) => url.pathname === '/search' && url.searchParams.has('cursor')
    await ben.route(isOlder, (route) => route.abort())
    const older = box.getByRole('button', { name: 'Show older messages' })
    await older.click()
    await box
      .getByRole('status')
      .filter({ hasText: /connection|server/i })
      .waitFor()
    expect(await box.getByRole('listitem').count()).toBe(20)
    await look(ben, 'desk-older-failed')
    await ben.unroute(isOlder)
    await older.click()
    await box.getByRole('status').filter({ hasText: '40 messages found' }).waitFor()
    await ben.keyboard.press('Escape')
  })

  test('filters are chips: a room, a person, days, and each is removed by a press', async () => {
    // Without the filter of the last search.
    await ben.reload()
    await ben.getByRole('region', { name: 'Messages', exact: true }).waitFor()
    await ben.keyboard.press('Control+f')
    const box = ben.getByRole('dialog', { name: 'Search messages' })
    const says = (text: string) => box.getByRole('status').filter({ hasText: text }).waitFor()
    await box.getByRole('searchbox').fill('lantern')
    await says('2 messages found')
    await box.getByRole('button', { name: 'From me' }).click()
    await says('1 message found')
    await box.getByRole('button', { name: 'From me' }).click()
    await says('2 messages found')
    await box.getByRole('button', { name: 'More filters' }).click()
    await box.getByLabel('Room', { exact: true }).selectOption('pier')
    await says('1 message found')
    await box.getByRole('button', { name: /^Remove the filter .?The pier/ }).click()
    await says('2 messages found')
    await box.getByLabel('Username').fill('@cleo')
    await box.getByLabel('Username').press('Enter')
    await says('1 message found')
    await look(ben, 'desk-filters')
    await box.getByRole('button', { name: /^Remove the filter .?@cleo/ }).click()
    await says('2 messages found')
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    await box.getByLabel('From this day on').fill(day(2))
    await says('No messages found')
    await box.getByRole('button', { name: /^Remove the filter .?From/ }).click()
    await says('2 messages found')
    await box.getByLabel('Before this day').fill(day(-2))
    await says('No messages found')
    await box.getByRole('button', { name: /^Remove the filter .?Before/ }).click()
    await says('2 messages found')
    // The keys of a field are its own.
    await box.getByLabel('Room', { exact: true }).press('ArrowDown')
    expect(
      await box.getByLabel('Room', { exact: true }).evaluate((field) => field === document.activeElement),
    ).toBe(true)
    await ben.keyboard.press('Escape')
  })

  test('what was found before is offered again on this device, until it is forgotten', async () => {
    await ben.keyboard.press('Control+f')
    const box = ben.getByRole('dialog', { name: 'Search messages' })
    await box.getByRole('searchbox').fill('straße')
    await box.getByRole('link').first().click()
    await ben.reload()
    await ben.getByRole('region', { name: 'Messages', exact: true }).waitFor()
    await ben.keyboard.press('Control+f')
    const last = box.getByRole('region', { name: 'Last searches on this device' })
    await look(ben, 'desk-last')
    await last.getByRole('button', { name: 'straße' }).click()
    await box.getByRole('status').filter({ hasText: '1 message found' }).waitFor()
    await box.getByRole('searchbox').fill('')
    await last.getByRole('button', { name: 'Clear these searches' }).click()
    expect(await last.count()).toBe(0)
    expect(await ben.evaluate(() => JSON.stringify(localStorage))).not.toContain('stra')
    await ben.keyboard.press('Escape')
  })

  test('on a phone a button opens it, and a message of another room is reached', async () => {
    await cleo.getByRole('button', { name: 'Search messages' }).click()
    const box = cleo.getByRole('dialog', { name: 'Search messages' })
    await box.getByRole('searchbox').fill('lantern')
    await box.getByRole('button', { name: 'With a link' }).click()
    await box.getByRole('status').filter({ hasText: '1 message found' }).waitFor()
    await look(cleo, 'phone-found')
    await cleo.emulateMedia({ colorScheme: 'dark' })
    await look(cleo, 'phone-dark')
    await box.getByRole('link').click()
    await cleo.getByRole('heading', { name: 'The pier' }).waitFor()
    await cleo.getByText('A lantern is at').waitFor()
    await look(cleo, 'phone-there')
    expect(faults).toEqual([])
  })
})
