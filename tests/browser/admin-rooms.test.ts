import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, type Api, apiOf, enter, go, noteFaults } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const password = 'a lantern for everyone'
const hostile = `<img src=x onerror="document.title='owned'"> & "sons"`

describe.skipIf(!browserIsThere())('the rooms of a community, for its administrators', () => {
  let server: TestServer
  let browser: Browser
  let ada: Page
  let api: Api
  let ben: Actor
  let cellar: string
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const context = await desk(browser)
    api = apiOf(context, server.url)
    await api('POST', '/auth/setup', { code: server.setupCode, username: 'ada', password })
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: hostile }, faults)
    cellar = String((await ben.api('POST', '/rooms', { title: 'The cellar', access: 'closed' })).id)
    await ben.api('POST', `/rooms/${cellar}/messages`, { content: 'The lantern is under the third stair' })
    await ben.api('POST', '/directs', { usernames: ['ada'] })
    for (let n = 100; n < 150; n++) await api('POST', '/rooms', { id: `pier-${n}`, title: `Pier ${n}` })
    ada = await context.newPage()
    noteFaults(ada, faults)
    await ada.goto(`${server.url}/#admin=users`)
    await ada.getByRole('link', { name: 'Rooms', exact: true }).click()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const rows = () => ada.getByRole('list', { name: 'Rooms', exact: true }).last().getByRole('listitem')
  const row = (title: string) => rows().filter({ hasText: title })
  const choose = async (title: string, act: string) => {
    await row(title)
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await ada.getByRole('menuitem', { name: act, exact: true }).click()
  }

  test('every room is listed with its facts, also one that the administrator is not in, and none of its words', async () => {
    await ada.getByText('53 rooms · 1 direct conversation, which is not listed').waitFor()
    expect(await rows().count()).toBe(50)
    await ada.getByRole('button', { name: 'Show more' }).click()
    await rows().nth(52).waitFor()
    const said = (await row('The cellar').innerText()).replace(/[\u2068\u2069]/g, '')
    expect(said).toContain('1 member · 2 events · last used')
    expect(said).toContain(`owned by ${hostile}`)
    expect(await ada.getByText('third stair').count()).toBe(0)
    expect(await ada.locator('main img').count()).toBe(0)
  })

  test('rooms are found by name, by access, and by how long they were not used', async () => {
    await ada.getByRole('searchbox', { name: 'Find rooms by name' }).fill('CELL')
    await ada.getByText('1 room ·').waitFor()
    expect(await row('The cellar').count()).toBe(1)
    await ada.getByRole('searchbox', { name: 'Find rooms by name' }).fill('')
    await ada.getByText('53 rooms ·').waitFor()
    await ada.getByLabel('Show', { exact: true }).selectOption('Private rooms')
    await ada.getByText('1 room ·').waitFor()
    await ada.getByLabel('Show', { exact: true }).selectOption('All rooms')
    await ada.getByText('53 rooms ·').waitFor()
    await rows().first().getByText('Pier 149').waitFor()
    await ada.getByLabel('Sort by').selectOption('Unused for longest first')
    await rows().first().getByText('Pier 149').waitFor({ state: 'detached' })
    await ada.getByLabel('Sort by').selectOption('Last used first')
    await rows().first().getByText('Pier 149').waitFor()
    await ada.getByRole('searchbox', { name: 'Find rooms by name' }).fill('the cellar')
    await ada.getByText('1 room ·').waitFor()
  })

  test('a room is archived and comes back, and a private one is not opened from here', async () => {
    await row('The cellar')
      .getByRole('button', { name: /^Actions for/ })
      .click()
    expect(await ada.getByRole('menuitem').allInnerTexts()).toEqual(['Archive', 'Delete room'])
    await ada.getByRole('menuitem', { name: 'Archive' }).click()
    await ada.getByRole('dialog').getByRole('button', { name: 'Archive', exact: true }).click()
    await row('The cellar').getByText('Archived', { exact: true }).waitFor()
    await go(ben, `#room=${cellar}`)
    await ben.page.getByText('archived and read-only').first().waitFor()
    await choose('The cellar', 'Unarchive')
    await row('The cellar').getByText('Archived', { exact: true }).waitFor({ state: 'detached' })
    await ben.page.getByText('archived and read-only').first().waitFor({ state: 'detached' })
  })

  test('a room is deleted when its name was typed, for everyone, and leaves the list', async () => {
    await choose('The cellar', 'Delete room')
    const sheet = ada.getByRole('dialog')
    await sheet.getByLabel('Enter the room name to confirm').fill('the attic')
    await sheet.getByRole('button', { name: 'Delete room', exact: true }).click()
    await sheet.getByText("That doesn't match.").waitFor()
    await sheet.getByLabel('Enter the room name to confirm').fill('the cellar')
    await sheet.getByRole('button', { name: 'Delete room', exact: true }).click()
    await sheet.waitFor({ state: 'detached' })
    await row('The cellar').waitFor({ state: 'detached' })
    await ada.getByText('0 rooms ·').waitFor()
    await ben.page.getByText(/The cellar.* was deleted/).waitFor()
  })

  test('a member is shown nothing of it', async () => {
    await go(ben, '#admin=rooms')
    await ben.page.getByText('Only administrators can see this.').waitFor()
    expect(await ben.page.getByRole('searchbox', { name: 'Find rooms by name' }).count()).toBe(0)
  })

  test('on a phone nothing is cut', async () => {
    const narrow = await ada.context().newPage()
    await narrow.setViewportSize({ width: 390, height: 844 })
    await narrow.goto(`${server.url}/#admin=rooms`)
    await narrow.getByText('52 rooms ·').waitFor()
    const beyond = await narrow
      .locator('.pane-body')
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
    expect(beyond).toBe(0)
    await narrow.close()
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})
