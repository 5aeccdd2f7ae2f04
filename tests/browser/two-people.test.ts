import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Link, startLink } from './link.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> "quoted" & so on`

describe.skipIf(!browserIsThere())('two people at the page', () => {
  let server: TestServer
  let link: Link
  let browser: Browser
  let contexts: BrowserContext[]
  let ben: Page
  let cleo: Page
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ settings: { RATE_LIMITS: 'on' } })
    link = await startLink(server.url)
    browser = await launchBrowser()
    contexts = [await phone(browser), await desk(browser)]
    ben = await open(contexts[0]!, server.url)
    cleo = await open(contexts[1]!, link.url)
  })

  afterAll(async () => {
    await browser?.close()
    link?.close()
    await server?.stop()
  })

  const open = async (context: BrowserContext, url: string) => {
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => {
      // The browser itself writes down each answer 401: an unknown visitor asks once who they are.
      if (line.type() === 'error' && !line.text().includes('401')) faults.push(line.text())
    })
    await page.goto(url)
    return page
  }

  test('sign up and join the open room, on a phone and at a desk', async () => {
    await signUp(ben, 'ben')
    await join(ben)
    await signUp(cleo, 'cleo')
    await join(cleo)
    await ben.getByText('2 online').waitFor()
    await ben.getByText(/cleo\W* joined/).waitFor()
  })

  test('two people read each other’s messages at once and in order', async () => {
    await write(ben, 'Is the harbour open?')
    await said(cleo, 'Is the harbour open?')
    await write(cleo, 'Since six this morning.')
    await said(ben, 'Since six this morning.')
    expect(await log(ben)).toEqual(['Is the harbour open?', 'Since six this morning.'])
    expect(await log(cleo)).toEqual(await log(ben))
    expect(await cleo.getByText('Sending…').count()).toBe(0)
  })

  test('text that looks like markup stays text', async () => {
    await write(ben, hostile)
    await said(cleo, hostile)
    expect((await log(cleo)).at(-1)).toBe(hostile)
    for (const page of [ben, cleo]) {
      expect(await page.locator('.log img, .log script').count()).toBe(0)
      expect(await page.title()).not.toContain('owned')
    }
  })

  test('after a reload the history is there, and the session too', async () => {
    const before = await log(ben)
    await ben.reload()
    await said(ben, hostile)
    expect(await log(ben)).toEqual(before)
    await write(cleo, 'Still here?')
    await said(ben, 'Still here?')
  })

  test('a reaction is seen by the other, and a second click takes it back', async () => {
    const line = cleo.locator('.message', { hasText: 'Still here?' })
    await line.hover()
    await line.getByRole('button', { name: 'React', exact: true }).click()
    await line
      .getByRole('button', { name: /^React with .?party popper/ })
      .first()
      .click()
    const seen = ben
      .locator('.message', { hasText: 'Still here?' })
      .getByRole('button', { name: /party popper.*, 1/ })
    await seen.waitFor()
    await line.getByRole('button', { name: /party popper.*, 1/ }).click()
    await seen.waitFor({ state: 'detached' })
  })

  test('messages written without a connection wait, say so, and arrive once, in order', async () => {
    link.cut()
    await cleo.getByText(/^You're offline|^Reconnecting/).waitFor()
    await write(cleo, 'Written on the water.')
    await write(cleo, 'And this after it.')
    await cleo.locator('.message', { hasText: 'Written on the water.' }).getByText('Waiting for').waitFor()
    await write(ben, 'Cleo is away.')
    link.mend()
    await said(ben, 'And this after it.')
    await cleo.getByText('Waiting for').first().waitFor({ state: 'detached' })
    await cleo.getByText(/^You're offline|^Reconnecting/).waitFor({ state: 'detached' })
    const last = ['Cleo is away.', 'Written on the water.', 'And this after it.']
    await said(cleo, 'Cleo is away.')
    expect((await log(ben)).slice(-3)).toEqual(last)
    expect(await log(cleo)).toEqual(await log(ben))
  })

  test('a session ended elsewhere leads to the sign-in page, with a sentence', async () => {
    const other = await contexts[1]!.newPage()
    await other.goto(link.url)
    await other.getByRole('button', { name: 'Your account' }).click()
    await other.getByRole('menuitem', { name: 'Sign out' }).click()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await cleo.getByText('Please sign in again.').waitFor()
  })

  test('nothing broke on the way: no error in the page, and nothing refused by its security policy', () => {
    expect(faults.filter((fault) => !/ERR_CONNECTION|ERR_EMPTY|ERR_SOCKET|WebSocket/.test(fault))).toEqual([])
  })
})

async function signUp(page: Page, username: string) {
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Email').fill(`${username}@example.org`)
  await page.getByLabel('Password').fill(`the tide turns at four, ${username}`)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('navigation', { name: 'Rooms' }).waitFor()
}

async function join(page: Page) {
  await page.getByRole('button', { name: /general/i }).click()
  await page.getByRole('textbox', { name: /^Message / }).waitFor()
}

async function write(page: Page, text: string) {
  const box = page.getByRole('textbox', { name: /^Message / })
  await box.fill(text)
  await box.press('Control+Enter')
}

const said = (page: Page, text: string) => page.locator('.words', { hasText: text }).waitFor()

const log = (page: Page): Promise<string[]> => page.locator('.log .message .words').allInnerTexts()
