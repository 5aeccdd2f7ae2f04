/**
 * Makes the pictures of the README: `bun run screenshots`. A server of its own, real accounts, a real conversation, and a
 * real Chromium (CHROMIUM, or /usr/bin/chromium).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { launchBrowser, phone, startServer } from '../tests/browser/support.ts'

const images = join(import.meta.dir, '../docs/images')
mkdirSync(images, { recursive: true })

const server = await startServer({ RATE_LIMITS: 'off' })
const browser = await launchBrowser()
try {
  await talk()
} finally {
  await browser.close()
  await server.stop()
}

async function talk(): Promise<void> {
  const desk = await browser.newContext({ viewport: { width: 1200, height: 760 } })
  const pocket = await phone(browser)
  const cleo = await enter(desk, 'cleo', 'Cleo Marchetti')
  const ben = await enter(pocket, 'ben', 'Ben Okafor')
  const dan = await enter(await browser.newContext(), 'dan', 'Dan Lindqvist')
  for (const page of [cleo, ben, dan]) await joinGeneral(page)
  const lines: [Page, string][] = [
    [cleo, 'Morning! The ferry goes at ten, not at nine.'],
    [cleo, 'Who brings the lanterns?'],
    [dan, 'I have four in the shed, two of them even work.'],
    [ben, 'Then I bring batteries. And the good thermos ☕'],
    [cleo, 'Perfect. Meet at the small pier, the big one is closed.'],
    [dan, 'Restarted our server meanwhile. Did anyone notice?'],
    [ben, 'Not a line lost. See you at ten!'],
  ]
  for (const [page, text] of lines) await say(page, text)
  for (const page of [cleo, ben]) await page.getByText('See you at ten!').first().waitFor()
  await cleo.waitForTimeout(600)
  const [atDesk, inPocket] = [await cleo.screenshot(), await ben.screenshot()]
  const dark = await browser.newContext({
    viewport: { width: 1200, height: 760 },
    colorScheme: 'dark',
    storageState: await desk.storageState(),
  })
  const night = await dark.newPage()
  await night.goto(`${server.url}/#room=general`)
  await night.getByText('See you at ten!').first().waitFor()
  await night.waitForTimeout(600)
  await night.screenshot({ path: `${images}/desk-dark.png` })
  await beside(desk, atDesk, inPocket)
}

/** The desk and, before it, the phone: one picture for the README. */
async function beside(context: BrowserContext, desk: Buffer, phone: Buffer): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize({ width: 1280, height: 830 })
  const source = (picture: Buffer): string => `data:image/png;base64,${picture.toString('base64')}`
  const frame = 'border-radius:14px;box-shadow:0 18px 50px #0b1f2433,0 0 0 1px #0b1f2418'
  await page.setContent(`<body style="margin:0;background:#e9f0ef;height:830px;position:relative;overflow:hidden">
    <img src="${source(desk)}" style="position:absolute;left:32px;top:34px;width:1050px;${frame}">
    <img src="${source(phone)}" style="position:absolute;right:40px;bottom:36px;width:300px;${frame}"></body>`)
  await page.waitForTimeout(200)
  await page.screenshot({ path: `${images}/two-people.png` })
}

async function enter(context: BrowserContext, username: string, name: string): Promise<Page> {
  const response = await context.request.post(`${server.url}/auth/signup`, {
    headers: { 'x-session': 'cookie', origin: server.url },
    data: {
      username,
      email: `${username}@example.org`,
      password: 'a lantern for everyone',
      display_name: name,
    },
  })
  if (response.status() !== 201) throw new Error(`No account for ${username}: ${await response.text()}`)
  const page = await context.newPage()
  await page.goto(server.url)
  return page
}

async function joinGeneral(page: Page): Promise<void> {
  const joined = await page.request.put(`${server.url}/rooms/general/members/me`, {
    headers: { origin: server.url },
  })
  if (joined.status() !== 204) throw new Error(`Not joined: ${joined.status()}`)
  await page.goto(`${server.url}/#room=general`)
  await page.reload()
  await page.getByRole('textbox').last().waitFor()
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').last().fill(text)
  await page.keyboard.press('Enter')
  await page.getByText(text).first().waitFor()
}
