import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, enter, go, openMenu } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

/** Pictures for the eye: `PICTURES=<folder> bun test tests/browser/reports.test.ts`. */
const pictures = process.env.PICTURES
const hostile = `<img src=x onerror="document.title='owned'"> & "sons"`

describe.skipIf(!browserIsThere())('reports', () => {
  let server: TestServer
  let browser: Browser
  /** Owns the room. */
  let ben: Actor
  /** A member, on a phone. */
  let cleo: Actor
  /** Writes what is reported. */
  let dan: Actor
  let seq: number
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await phone(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    dan = await enter(await desk(browser), server.url, { username: 'dan', display_name: 'Dan' }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'The quay' })
    for (const { api } of [cleo, dan]) await api('PUT', '/rooms/quay/members/me')
    seq = Number((await dan.api('POST', '/rooms/quay/messages', { content: 'Buy my boat!' })).seq)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const line = (page: Page, text: string) => page.locator('[data-seq]', { hasText: text })
  const reports = () => ben.page.getByRole('list', { name: 'Reports' }).getByRole('listitem')
  const badge = () => ben.page.getByRole('link', { name: /^Reports/ })
  const picture = (page: Page, name: string) =>
    pictures && page.screenshot({ path: `${pictures}/${name}.png` })

  async function report(reason: string) {
    await line(cleo.page, 'Buy my boat!').focus()
    await line(cleo.page, 'Buy my boat!').getByRole('button', { name: 'More' }).click()
    await cleo.page.getByRole('menuitem', { name: 'Report' }).click()
    const sheet = cleo.page.getByRole('dialog', { name: 'Report this message' })
    await sheet.getByText(/The moderators of this room and the administrators see/).waitFor()
    await sheet.getByLabel('What is wrong with it?').fill(reason)
    await picture(cleo.page, 'report-sheet')
    await sheet.getByRole('button', { name: 'Send report' }).click()
    return sheet
  }

  test('a message is reported from its menu, and a moderator sees the count at once', async () => {
    await go(cleo, '#room=quay')
    await go(ben, '#room=quay')
    expect(await badge().count()).toBe(0)
    const sheet = await report(hostile)
    await sheet.waitFor({ state: 'detached' })
    await cleo.page.getByText('Thank you. The message was reported.').waitFor()
    await badge().getByText('1 open report').waitFor({ state: 'attached' })
  })

  // Every event asked the server for the open reports again.
  test('messages that come in ask the server for no reports', async () => {
    const asked: string[] = []
    ben.page.on('request', (request) => void (/\/reports\b/.test(request.url()) && asked.push(request.url())))
    for (const content of ['One', 'Two', 'The last'])
      await dan.api('POST', '/rooms/quay/messages', { content })
    await line(ben.page, 'The last').waitFor()
    expect(asked).toEqual([])
  })

  test('a reason is kept if the sheet closes by mistake; "Cancel" drops it', async () => {
    const sheet = cleo.page.getByRole('dialog', { name: 'Report this message' })
    const reason = sheet.getByLabel('What is wrong with it?')
    const open = async () => {
      await line(cleo.page, 'Buy my boat!').focus()
      await line(cleo.page, 'Buy my boat!').getByRole('button', { name: 'More' }).click()
      await cleo.page.getByRole('menuitem', { name: 'Report' }).click()
      return reason.inputValue()
    }
    expect(await open()).toBe('')
    await reason.fill('It sells things')
    await cleo.page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    expect(await open()).toBe('It sells things')
    await sheet.getByRole('button', { name: 'Cancel' }).click()
    expect(await open()).toBe('')
    await sheet.getByRole('button', { name: 'Cancel' }).click()
  })

  test('a second report of the same message is refused with a sentence, and nobody reports their own', async () => {
    const sheet = await report('Again')
    await sheet.getByRole('alert').getByText('You have already reported this message.').waitFor()
    await sheet.getByRole('button', { name: 'Cancel' }).click()
    await go(dan, '#room=quay')
    await line(dan.page, 'Buy my boat!').focus()
    await line(dan.page, 'Buy my boat!').getByRole('button', { name: 'More' }).click()
    await dan.page.getByRole('menuitem', { name: 'Copy link' }).waitFor()
    expect(await dan.page.getByRole('menuitem', { name: 'Report' }).count()).toBe(0)
    await dan.page.keyboard.press('Escape')
  })

  test('the moderator reads who reported what and why, and opens the message', async () => {
    await badge().click()
    await reports().getByText('Buy my boat!').waitFor()
    const text = (await reports().first().innerText()).replace(/[\u2068\u2069]/g, '')
    expect(text).toContain('Dan in The quay')
    expect(text).toContain(`Cleo reported it: ${hostile}`)
    expect(await reports().locator('img').count()).toBe(0)
    await picture(ben.page, 'reports-desk')
    await reports().getByRole('button', { name: 'Show message' }).click()
    await line(ben.page, 'Buy my boat!').waitFor()
  })

  test('the author is silenced from the report, the message is deleted, and the report is closed with it', async () => {
    await go(ben, '#reports')
    await reports()
      .getByRole('button', { name: /^Actions for the report about/ })
      .click()
    await ben.page.getByRole('menuitem', { name: 'About this person' }).click()
    await ben.page.getByRole('dialog').getByRole('button', { name: '1 hour' }).click()
    await dan.page.getByText(/A moderator silenced you/).waitFor()
    await ben.page.keyboard.press('Escape')
    await reports()
      .getByRole('button', { name: /^Actions for the report about/ })
      .click()
    await ben.page.getByRole('menuitem', { name: 'Delete' }).click()
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await ben.page.getByText('No open reports.').waitFor()
    await line(cleo.page, 'This message was deleted').waitFor()
    expect((await ben.api('GET', '/reports?state=closed')).items).toMatchObject([{ seq, state: 'resolved' }])
  })

  test('a dismissed report leaves the list, and the count goes', async () => {
    await dan.api('GET', '/users/me')
    const { seq: hers } = await cleo.api('POST', '/rooms/quay/messages', { content: 'Tea?' })
    await dan.api('POST', `/rooms/quay/messages/${hers}/report`, { reason: 'I prefer coffee' })
    await reports().getByText('Tea?').waitFor()
    await go(ben, '#list')
    await badge().getByText('1 open report').waitFor({ state: 'attached' })
    await openMenu(ben, 'Your account', 'Reports')
    const acts = async () => {
      await reports()
        .getByRole('button', { name: /^Actions for the report about/ })
        .click()
      const names = await ben.page.getByRole('menuitem').allInnerTexts()
      await ben.page.keyboard.press('Escape')
      return names
    }
    expect(await acts()).toContain('Delete')
    // Nobody deletes messages of an archived room.
    await ben.api('PATCH', '/rooms/quay', { archived: true })
    await ben.page.getByRole('button', { name: 'Archived' }).waitFor()
    expect(await acts()).not.toContain('Delete')
    await ben.api('PATCH', '/rooms/quay', { archived: false })
    await reports().getByRole('button', { name: 'Dismiss report' }).click()
    await ben.page.getByText('No open reports.').waitFor()
    await go(ben, '#list')
    await badge().waitFor({ state: 'detached' })
  })

  test('nothing broke in any page', () => {
    expect(faults).toEqual([])
  })
})
