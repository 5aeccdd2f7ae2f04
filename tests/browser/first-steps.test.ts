import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { photo } from '../support/pictures.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Api, apiOf, enter, go, noteFaults } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const account = { username: 'ada', password: 'a lantern for everyone' }

describe.skipIf(!browserIsThere())('the first steps of a community', () => {
  let server: TestServer
  let browser: Browser
  let api: Api
  let atDesk: Page
  let inPocket: Page
  const faults: string[] = []

  const pageOf = async (context: BrowserContext) => {
    const page = await context.newPage()
    noteFaults(page, faults)
    await page.goto(server.url)
    return page
  }

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const context = await desk(browser)
    api = apiOf(context, server.url)
    await api('POST', '/auth/setup', { code: server.setupCode, ...account })
    atDesk = await pageOf(context)
    const pocket = await phone(browser)
    await apiOf(pocket, server.url)('POST', '/auth/login', account)
    inPocket = await pageOf(pocket)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** The one that is in view: the pane has it at a desk, the list of rooms on a phone. */
  const list = (page: Page) => page.getByRole('region', { name: 'Set up your community' })
  const done = (page: Page) => list(page).getByRole('listitem').filter({ hasText: /done$/ })
  const step = (page: Page, name: string) => list(page).getByRole('link', { name })
  const both = () => [atDesk, inPocket]

  test('an administrator sees them once, at a desk and on a phone, and none is done', async () => {
    for (const page of both()) {
      await list(page).getByText('0 of 4 done').waitFor()
      expect(await list(page).getByRole('link').allTextContents()).toEqual([
        'Name your community',
        'Add a picture',
        'Create a room',
        'Invite people',
      ])
      expect(await list(page).count()).toBe(1)
      expect(await done(page).count()).toBe(0)
    }
    expect(await list(atDesk).and(atDesk.locator('main *')).count()).toBe(1)
    expect(await list(inPocket).and(inPocket.locator('.rooms *')).count()).toBe(1)
  })

  test('each leads to where it is done', async () => {
    for (const page of both()) {
      for (const [name, there] of [
        ['Name your community', '#admin=community'],
        ['Add a picture', '#admin=community'],
        ['Invite people', '#admin=users'],
      ] as const) {
        await step(page, name).click()
        await page.waitForURL((url) => url.hash === there)
        await go({ page } as never, '#list')
      }
      await step(page, 'Create a room').click()
      await page.getByRole('dialog').getByLabel('Name', { exact: true }).waitFor()
      await page.keyboard.press('Escape')
    }
  })

  test('a step ticks itself when another administrator or device has done it', async () => {
    await api('PATCH', '/community', { name: 'Harbour' })
    for (const page of both()) await done(page).filter({ hasText: 'Name your community' }).waitFor()
    await api('POST', '/rooms', { id: 'crew', title: 'Crew' })
    for (const page of both()) {
      await list(page).getByText('2 of 4 done').waitFor()
      await done(page).filter({ hasText: 'Create a room' }).waitFor()
    }
  })

  test('a person who is no administrator never sees them', async () => {
    for (const [context, username] of [
      [await desk(browser), 'ben'],
      [await phone(browser), 'cleo'],
    ] as const) {
      const { page } = await enter(context, server.url, { username }, faults)
      await page.getByRole('navigation', { name: 'Rooms' }).getByText('General').waitFor()
      expect(await page.locator('.first-steps').count()).toBe(0)
      await context.close()
    }
  })

  test('once hidden they stay hidden for this person; they go when all is done', async () => {
    await atDesk.reload()
    await done(atDesk).filter({ hasText: 'Invite people' }).waitFor()
    await list(atDesk).getByRole('button', { name: 'Hide these steps' }).click()
    await list(atDesk).waitFor({ state: 'detached' })
    await atDesk.reload()
    await atDesk.getByRole('navigation', { name: 'Rooms' }).getByText('Crew').waitFor()
    await go({ page: atDesk } as never, '#admin=users')
    await go({ page: atDesk } as never, '#list')
    expect(await atDesk.locator('.first-steps').count()).toBe(0)

    await inPocket.reload()
    await list(inPocket).getByText('3 of 4 done').waitFor()
    await putPicture(inPocket, await photo(1, 80, 80))
    await list(inPocket).waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })

  const putPicture = async (page: Page, bytes: Uint8Array) => {
    const answer = await page.context().request.put(`${server.url}/community/avatar`, {
      headers: { origin: server.url, 'x-session': 'cookie', 'content-type': 'image/jpeg' },
      data: Buffer.from(bytes),
    })
    expect(answer.ok()).toBe(true)
  }
})
