// Longer than 300 lines: one community is administered view after view, and each view shows what the one before did.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator, Page, Route } from 'playwright-core'
import { refusals } from '../../src/protocol/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, type Api, composer, enter, go, openMenu } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const password = 'a lantern for everyone'
const hostile = `<img src=x onerror="document.title='owned'"> & "sons"`

describe.skipIf(!browserIsThere())('administration', () => {
  let server: TestServer
  let browser: Browser
  /** At a desk. */
  let ada: Page
  let adaApi: Api
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const context = await desk(browser)
    adaApi = async (method, path, data) => {
      const headers = { origin: server.url, 'x-session': 'cookie' }
      const answer = await context.request.fetch(server.url + path, {
        method,
        headers,
        ...(data ? { data } : {}),
      })
      if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()}`)
      return JSON.parse((await answer.text()) || '{}')
    }
    const code = server.setupCode
    await adaApi('POST', '/auth/setup', { code, username: 'ada', email: 'ada@example.org', password })
    ada = await context.newPage()
    ada.on('pageerror', (error) => faults.push(error.message))
    ada.on('console', (line) => {
      if (line.type() === 'error' && !/status of 409/.test(line.text())) faults.push(line.text())
    })
    await ada.goto(server.url)
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    const named = { username: 'cleo', display_name: hostile }
    cleo = await enter(await desk(browser), server.url, named, faults)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const to = (fragment: string) => go({ page: ada } as Actor, fragment)
  const people = (page: Page) => page.getByRole('list', { name: 'People' }).getByRole('listitem')
  const person = (username: string) => people(ada).filter({ hasText: `@${username} ` })
  const open = async (username: string) => {
    await person(username)
      .getByRole('button', { name: /^Actions for/ })
      .click()
    return ada.getByRole('menu')
  }
  const choose = async (username: string, act: string) => {
    await (await open(username)).getByRole('menuitem', { name: act }).click()
  }
  const confirm = (act: string) =>
    ada.getByRole('dialog').getByRole('button', { name: act, exact: true }).click()

  test('a new administrator is welcomed, and offered to browse once', async () => {
    await ada.getByRole('heading', { name: /Welcome, .*ada/ }).waitFor()
    expect(await ada.getByText('Browse all rooms').count()).toBe(1)
  })

  test('is for administrators: others are neither offered it nor shown anything', async () => {
    await ben.page.getByRole('button', { name: 'Your account' }).click()
    await ben.page.getByRole('menuitem', { name: 'Settings' }).waitFor()
    expect(await ben.page.getByRole('menuitem', { name: 'Administration' }).count()).toBe(0)
    await ben.page.keyboard.press('Escape')
    await go(ben, '#admin=users')
    await ben.page.getByText('Only administrators can see this.').waitFor()
    expect(await people(ben.page).count()).toBe(0)
  })

  test('people without an account are invited from where people are looked after', async () => {
    await to('#admin=users')
    await ada.getByLabel('Room', { exact: true }).selectOption('General')
    await ada.getByRole('button', { name: 'Invite by link' }).click()
    await ada.getByRole('button', { name: 'Create link' }).click()
    const link = await ada.getByLabel('Invite link', { exact: true }).inputValue()
    await ada.keyboard.press('Escape')
    const guest = await (await phone(browser)).newPage()
    await guest.goto(link)
    await guest.getByText(/invites you to .*General/).waitFor()
    await guest.context().close()
    await go(ben, link.slice(link.indexOf('#')))
    await ben.page.getByRole('heading', { name: 'General' }).waitFor()
    await go(ben, '#admin=users')
    await to('#list')
  })

  test('people are found by name, username and address; the list goes on where it ends', async () => {
    for (let n = 100; n < 200; n++) await adaApi('POST', '/bots', { username: `bot-${n}` })
    await ada.getByRole('button', { name: 'Your account' }).click()
    await ada.getByRole('menuitem', { name: 'Administration' }).click()
    await person('bot-150').getByText('Bot', { exact: true }).waitFor()
    expect([await people(ada).count(), await person('cleo').count()]).toEqual([100, 0])
    await ada.getByRole('button', { name: 'Show more' }).click()
    await person('cleo').waitFor()
    expect(await people(ada).count()).toBe(103)
    const search = ada.getByRole('searchbox', { name: 'Find people' })
    for (const [query, username] of [
      ['BEN@example', 'ben'],
      ['"sons"', 'cleo'],
    ] as const) {
      await search.fill(query)
      await people(ada).nth(1).waitFor({ state: 'detached' })
      await person(username).waitFor()
    }
    expect(await ada.locator('main img').count()).toBe(0)
    await search.fill('nobody at all')
    await ada.getByText('No people found.').waitFor()
    await search.fill('example.org')
    await person('ben').waitFor()
  })

  test('the menu of a user opens and closes by keyboard', async () => {
    const button = person('ben').getByRole('button', { name: /^Actions for/ })
    await button.focus()
    await ada.keyboard.press('Enter')
    expect(await ada.getByRole('menuitem', { name: 'Edit name and email' }).evaluate(isFocused)).toBe(true)
    await ada.keyboard.press('End')
    expect(await ada.getByRole('menuitem', { name: 'Ban' }).evaluate(isFocused)).toBe(true)
    await ada.keyboard.press('Escape')
    expect(await button.evaluate(isFocused)).toBe(true)
    const own = await open('ada')
    expect(await own.getByRole('menuitem', { name: 'Ban' }).count()).toBe(0)
    await ada.keyboard.press('Escape')
  })

  test('an account is made for somebody, who sets a password by its link', async () => {
    await to('#admin=users')
    await ada.getByRole('button', { name: 'Create an account' }).click()
    const sheet = ada.getByRole('dialog')
    await sheet.getByLabel('Username').fill('ben')
    await confirm('Create an account')
    await sheet.getByText('That is taken. Please choose another.').waitFor()
    await sheet.getByLabel('Username').fill('pupil')
    await sheet.getByLabel('Name', { exact: true }).fill('Pupil One')
    await confirm('Create an account')
    await ada.getByRole('heading', { name: /^Account of .*Pupil One/ }).waitFor()
    const link = await ada.getByLabel('Sign-in link', { exact: true }).inputValue()
    await ada.keyboard.press('Escape')
    await ada.getByRole('searchbox', { name: 'Find people' }).fill('pupil')
    await person('pupil').waitFor()
    const context = await phone(browser)
    const page = await context.newPage()
    await page.goto(link)
    await page.getByLabel('New password').fill('the tide turns at five')
    await page.getByRole('button', { name: 'Save and sign in' }).click()
    await page.getByRole('navigation', { name: 'Rooms' }).waitFor()
    await context.close()
    await ada.getByRole('searchbox', { name: 'Find people' }).fill('example.org')
    await person('ben').waitFor()
  })

  test('the owner sees a changed profile at once; a taken address shows an error at its field', async () => {
    await choose('ben', 'Edit name and email')
    await ada.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Benjamin')
    await ada.getByRole('dialog').getByLabel('Email').fill('cleo@example.org')
    await confirm('Save')
    await ada.getByText('That is taken. Please choose another.').waitFor()
    await ada.getByRole('dialog').getByLabel('Email').fill('benjamin@example.org')
    await confirm('Save')
    await ada.getByRole('dialog').waitFor({ state: 'detached' })
    await person('ben').getByText('benjamin@example.org').waitFor()
    await ben.page.locator('footer', { hasText: 'Benjamin' }).waitFor({ state: 'attached' })
  })

  test('administration is shown from the moment somebody becomes an administrator until they no longer are', async () => {
    await choose('ben', 'Make administrator')
    await ada.getByText(/will be able to do everything you can do here/).waitFor()
    await confirm('Make administrator')
    await person('ben').getByText('Administrator', { exact: true }).waitFor()
    await people(ben.page).first().waitFor()
    await choose('ben', 'Remove as administrator')
    await confirm('Remove as administrator')
    await ben.page.getByText('Only administrators can see this.').waitFor()
    await person('ben').getByText('Administrator', { exact: true }).waitFor({ state: 'detached' })
    await choose('ada', 'Remove as administrator')
    await confirm('Remove as administrator')
    await ada.getByText(refusals.last_admin.message).waitFor()
    await person('ada').getByText('Administrator', { exact: true }).waitFor()
  })

  const leftOf = async (button: Locator) => (await button.boundingBox())!.x

  test('a ban ends the open page with a sentence, and sign-in is refused until it is lifted', async () => {
    await choose('cleo', 'Ban')
    await ada.getByText(/signed out everywhere right away/).waitFor()
    const sheet = ada.getByRole('dialog')
    expect(await sheet.locator('img').count()).toBe(0)
    await sheet.getByLabel('Reason').fill(hostile)
    await sheet.getByLabel('Duration').selectOption('1 week')
    // As in every sheet: what it does is at the end.
    expect(await leftOf(sheet.getByRole('button', { name: 'Cancel' }))).toBeLessThan(
      await leftOf(sheet.getByRole('button', { name: 'Ban', exact: true })),
    )
    await confirm('Ban')
    const reason = cleo.page.getByText(/This account is banned until .*Reason: /)
    await reason.waitFor()
    expect(await reason.innerText()).toContain(hostile)
    await person('cleo').getByText('Banned', { exact: true }).waitFor()
    await person('cleo')
      .getByText(/Banned until .*Reason: /)
      .waitFor()
    const signIn = async () => {
      await cleo.page.getByLabel('Username or email').fill('cleo')
      await cleo.page.getByLabel('Password').fill(password)
      await cleo.page.getByRole('button', { name: 'Sign in' }).click()
    }
    await signIn()
    await cleo.page
      .getByRole('alert')
      .getByText(/This account is banned until .*Reason: /)
      .waitFor()
    await choose('cleo', 'Unban')
    await person('cleo').getByText('Banned', { exact: true }).waitFor({ state: 'detached' })
    await signIn()
    await cleo.page.getByRole('navigation', { name: 'Rooms' }).waitFor()
  })

  test('a ban that is done closes its sheet, even if the list cannot be loaded again', async () => {
    const account = { username: 'dan', email: 'dan@example.org', password }
    await fetch(`${server.url}/auth/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })
    await to('#list')
    await to('#admin=users')
    const refuse = (route: Route) =>
      route.request().method() === 'GET' ? route.fulfill({ status: 409, json: {} }) : route.continue()
    await ada.route('**/users/dan', refuse)
    await choose('dan', 'Ban')
    await confirm('Ban')
    await ada.getByRole('dialog').waitFor({ state: 'detached' })
    await ada.unroute('**/users/dan', refuse)
    expect(await adaApi('GET', '/users/dan')).toMatchObject({ banned: true })
  })

  test('a bot is made, and speaks by a token until that is revoked', async () => {
    await to('#admin=bots')
    await ada.getByLabel('Username').fill('ada')
    await ada.getByRole('button', { name: 'Create bot' }).click()
    await ada.getByText('That is taken. Please choose another.').waitFor()
    await ada.getByLabel('Username').fill('weather')
    await ada.getByLabel('Name', { exact: true }).fill('Weather')
    await ada.getByRole('button', { name: 'Create bot' }).click()
    const sheet = ada.getByRole('dialog', { name: 'Weather' })
    await sheet.getByLabel('Token name').fill('The forecast')
    expect(await sheet.getByLabel('Everything an administrator can do').count()).toBe(0)
    await sheet.getByRole('button', { name: 'Create token' }).click()
    const token = await sheet.getByLabel('New token').inputValue()
    const ask = async () =>
      (await fetch(`${server.url}/users/me`, { headers: { authorization: `Bearer ${token}` } })).status
    expect(await ask()).toBe(200)
    await sheet.getByRole('button', { name: /^Revoke/ }).click()
    await ada.getByRole('dialog').last().getByRole('button', { name: 'Revoke', exact: true }).click()
    await sheet.getByText('No active tokens.').waitFor()
    expect(await ask()).toBe(401)
    await sheet.getByRole('button', { name: 'Close' }).click()
    await ada.getByRole('list', { name: 'Bots' }).getByText('@weather').waitFor()
  })

  test('a webhook is made from the menu of its room, writes into it, and is removed there', async () => {
    await cleo.api('POST', '/rooms', { id: 'pier', title: 'Pier' })
    await cleo.api('PUT', '/rooms/pier/members/ben')
    // Cleo and Ben may share no room yet: then he has to accept.
    await ben.api('POST', '/users/me/invitations/pier/accept')
    await go(ben, '#room=pier')
    await composer(ben).waitFor()
    await ben.page.getByRole('button', { name: 'Room menu' }).click()
    await ben.page.getByRole('menuitem', { name: 'Room details' }).waitFor()
    expect(await ben.page.getByRole('menuitem', { name: /webhooks/i }).count()).toBe(0)
    await ben.page.keyboard.press('Escape')
    await go(cleo, '#room=pier')
    await openMenu(cleo, 'Room menu', 'Webhooks')
    const sheet = cleo.page.getByRole('dialog', { name: 'Webhooks' })
    await sheet.getByLabel('Name shown on its messages').fill(hostile)
    await sheet.getByRole('button', { name: 'Create webhook' }).click()
    const url = await sheet.getByLabel('Webhook URL').inputValue()
    const post = async (text: string) =>
      (await fetch(url, { method: 'POST', body: JSON.stringify({ text }) })).status
    expect(await post('High water at four')).toBe(200)
    await ben.page.getByText('High water at four').waitFor()
    await sheet.getByRole('button', { name: /^Remove/ }).click()
    await cleo.page.getByRole('dialog').last().getByRole('button', { name: 'Remove', exact: true }).click()
    await sheet.getByText('No webhooks yet.').waitFor()
    expect(await post('Low water at ten')).toBe(410)
    await cleo.page.keyboard.press('Escape')
  })

  test('an owner sends the events of a room to an address, sees how it goes, pauses and deletes it', async () => {
    await openMenu(cleo, 'Room menu', 'Outgoing webhooks')
    const sheet = cleo.page.getByRole('dialog', { name: 'Outgoing webhooks' })
    await sheet.getByLabel('Address').fill('https://192.168.1.1/')
    await sheet.getByRole('button', { name: 'Create outgoing webhook' }).click()
    await sheet.getByText('This address is not public.').waitFor()
    await sheet.getByLabel('Address').fill('https://hooks.invalid/?key=secret')
    await sheet.getByLabel('Messages only').check()
    await sheet.getByRole('button', { name: 'Create outgoing webhook' }).click()
    expect(await sheet.getByLabel('Secret of the signatures').inputValue()).toStartWith('whsec_')
    await sheet.getByText('Everything is delivered.').waitFor()
    expect(await sheet.getByRole('listitem').innerText()).not.toContain('key=')
    await sheet.getByRole('button', { name: 'Pause the webhook to' }).click()
    await sheet.getByText('Paused.').waitFor()
    await sheet.getByRole('button', { name: 'Delete the webhook to' }).click()
    await cleo.page.getByRole('dialog').last().getByRole('button', { name: 'Delete', exact: true }).click()
    await sheet.getByText('No outgoing webhooks yet.').waitFor()
    await cleo.page.keyboard.press('Escape')
  })

  test('the audit log tells each act as a sentence, newest first, page by page', async () => {
    await adaApi('PUT', '/rooms/pier/members/me')
    await adaApi('PATCH', '/rooms/pier', { description: hostile })
    await adaApi('PUT', '/rooms/pier/members/ben', { role: 'moderator' })
    await to('#room=general')
    await to('#admin=audit')
    const log = ada.getByRole('list', { name: 'Audit log' }).getByRole('listitem')
    await log.first().waitFor()
    const said = (await log.allInnerTexts()).map(
      (text) => text.replace(/[\u2068\u2069]/g, '').split('\n')[0]!,
    )
    expect(said).toHaveLength(50)
    expect(said.slice(0, 16)).toEqual([
      'ada added ben to Pier',
      'ada changed the room Pier',
      'cleo deleted an outgoing webhook of Pier',
      'cleo changed an outgoing webhook of Pier',
      'cleo created an outgoing webhook of Pier',
      'ada revoked a token for weather',
      'ada created a token for weather',
      'ada created the account weather',
      'ada banned dan',
      'ada unbanned cleo',
      'ada banned cleo',
      'ada removed ben as administrator',
      'ada made ben an administrator',
      'ada changed the profile of ben',
      'ada created a sign-in link for pupil',
      'ada created the account pupil',
    ])
    expect(await log.first().innerText()).toContain('Moderator')
    expect(await log.locator('img').count()).toBe(0)
    await ada.getByRole('button', { name: 'Show more' }).click()
    await log.nth(99).waitFor()
    await ada.getByRole('button', { name: 'Show more' }).click()
    await log.getByText(/The operator\W* created the account \W*ada/).waitFor()
  })

  test('the audit log is filtered, and what was found is downloaded as a table', async () => {
    const log = ada.getByRole('list', { name: 'Audit log' }).getByRole('listitem')
    const filters = ada.getByRole('group', { name: 'Show only' })
    await filters.getByLabel('What').selectOption('Webhooks')
    await log.nth(2).waitFor({ state: 'detached' })
    await filters.getByLabel('What').selectOption('Everything')
    await filters.getByLabel('Done by').fill('@cleo')
    await filters.getByLabel('Done by').press('Enter')
    await filters.getByLabel('Room').selectOption('Pier')
    await filters.getByLabel('What').selectOption('Outgoing webhooks')
    await log.nth(3).waitFor({ state: 'detached' })
    const today = await ada.evaluate(() => new Date().toLocaleDateString('sv-SE'))
    await filters.getByLabel('From', { exact: true }).fill(today)
    await filters.getByLabel('To', { exact: true }).fill(today)
    await ada.getByRole('button', { name: 'Download what was found (CSV)' }).waitFor()
    expect(await log.count()).toBe(3)
    const download = ada.waitForEvent('download')
    await ada.getByRole('button', { name: 'Download what was found (CSV)' }).click()
    const path = await (await download).path()
    const lines = (await Bun.file(path).text()).trim().split('\r\n')
    expect(lines.map((line) => line.split(',').slice(2, 4))).toEqual([
      ['actor', 'action'],
      ...['outgoing.deleted', 'outgoing.changed', 'outgoing.made'].map((action) => ['cleo', action]),
    ])
    await filters.getByLabel('Done by').fill('nobody-here')
    await filters.getByLabel('Done by').press('Enter')
    await ada.getByText(refusals.user_not_found.message).waitFor()
    expect(await log.count()).toBe(0)
    faults.splice(0, faults.length, ...faults.filter((fault) => !/status of 404/.test(fault)))
  })

  test('an administrator sees what was found wrong with the stored messages, in which room, and what to do', async () => {
    await to('#admin=users')
    await ada.getByRole('link', { name: 'Server', exact: true }).click()
    await ada.getByText('Nothing wrong has been noticed.').waitFor()
    await ada.getByText('has enough free space').waitFor()
    await ada.getByText('There has been no full check yet.').waitFor()
    await ada.locator('.amounts').getByText('embedded').waitFor()
    const settings = ada.getByRole('list', { name: 'Settings of the server' }).getByRole('listitem')
    await settings.filter({ hasText: 'SECRET_KEY = [hidden]' }).getByText('set by the operator').waitFor()
    await settings.filter({ hasText: 'RETENTION_DAYS' }).getByText('not set').waitFor()
    await adaApi('PATCH', '/rooms/pier', { title: hostile })
    const { sql } = server.tools
    await sql.query(`delete from log where seq = 2 and room_key = (select key from rooms where id = 'pier')`)
    await adaApi('GET', '/rooms/pier/log')
    await to('#admin=users')
    await ada.getByRole('link', { name: 'See what was found' }).click()
    const found = ada.getByRole('list', { name: 'Stored messages' }).getByRole('listitem')
    await found.first().waitFor()
    const lines = (await found.first().innerText()).replace(/[\u2068\u2069]/g, '').split('\n')
    expect(lines[0]).toBe(`Messages or other events are missing from ${hostile}.`)
    expect(lines[1]).toContain('Ask the operator who had access')
    expect(lines[2]).toContain('noticed when someone read the room')
    expect(lines[2]).toContain('number 2 in the room')
    expect(await found.locator('img').count()).toBe(0)
    expect(await ada.getByRole('link', { name: 'See what was found' }).count()).toBe(0)
    await adaApi('PATCH', '/rooms/pier', { title: 'Pier' })
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})

const isFocused = (element: Element) => document.activeElement === element
