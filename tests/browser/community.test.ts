import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { photo } from '../support/pictures.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, apiOf, enter, noteFaults } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const hostile = `<b>Harbour</b> & "sons"`

describe.skipIf(!browserIsThere())('the name and picture of a community', () => {
  let server: TestServer
  let browser: Browser
  let ada: Page
  let ben: Actor
  /** Not signed in. */
  let guest: Page
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const context = await desk(browser)
    const account = { username: 'ada', password: 'a lantern for everyone' }
    await apiOf(context, server.url)('POST', '/auth/setup', { code: server.setupCode, ...account })
    ben = await enter(await phone(browser), server.url, { username: 'ben' }, faults)
    ada = await context.newPage()
    guest = await (await desk(browser)).newPage()
    for (const page of [ada, guest]) noteFaults(page, faults)
    await ada.goto(`${server.url}/#admin=community`)
    await guest.goto(server.url)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const above = (page: Page) => page.locator('.rooms > header')
  const front = (page: Page) => page.locator('.signed-out-front')

  test('a community without a name has the name of the program', async () => {
    await front(guest).getByRole('heading', { name: 'Parley' }).waitFor()
    await above(ada).getByRole('heading', { name: 'Parley' }).waitFor()
    expect(await ada.title()).toBe('Parley')
    expect(await front(guest).locator('img').count()).toBe(0)
  })

  test('an administrator names the community, and everybody who is connected sees that at once', async () => {
    await ada.getByRole('button', { name: 'Change name and picture' }).click()
    const sheet = ada.getByRole('dialog')
    await sheet.getByLabel('Name', { exact: true }).fill(hostile)
    await sheet.getByRole('button', { name: 'Save' }).click()
    await sheet.waitFor({ state: 'detached' })
    for (const page of [ada, ben.page]) {
      await above(page).getByText(hostile).waitFor()
      await page.waitForFunction((name) => document.title === name, hostile)
    }
    expect(await above(ada).locator('b').count()).toBe(0)
  })

  test('the picture of a community is above the rooms and on the sign-in page, with the name', async () => {
    await ada.getByRole('button', { name: 'Change name and picture' }).click()
    const buffer = Buffer.from(await photo(1, 400, 300))
    await ada
      .locator('input[type=file]')
      .setInputFiles({ name: 'harbour.jpg', mimeType: 'image/jpeg', buffer })
    await above(ben.page).locator('img').waitFor()
    await guest.reload()
    await front(guest).getByRole('heading', { name: hostile }).waitFor()
    const picture = front(guest).locator('img')
    await picture.waitFor()
    await guest.waitForFunction(() => {
      const { complete, naturalWidth } = document.querySelector<HTMLImageElement>('.signed-out-front img')!
      return complete && naturalWidth === 360
    })
    expect(await guest.title()).toBe(hostile)
  })

  test('both are taken away again, and the page is called as before', async () => {
    const sheet = ada.getByRole('dialog')
    await sheet.getByRole('button', { name: 'Remove picture' }).click()
    await above(ben.page).locator('img').waitFor({ state: 'detached' })
    await sheet.getByLabel('Name', { exact: true }).fill('')
    await sheet.getByRole('button', { name: 'Save' }).click()
    await above(ben.page).getByRole('heading', { name: 'Parley' }).waitFor({ state: 'attached' })
    await guest.reload()
    await front(guest).getByRole('heading', { name: 'Parley' }).waitFor()
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})
