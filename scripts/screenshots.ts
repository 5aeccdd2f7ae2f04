/**
 * Makes the pictures of the README and of docs/: `bun run screenshots`. A server of its own, real accounts, a real
 * conversation, and a real Chromium (CHROMIUM, or /usr/bin/chromium).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { launchBrowser, startServer } from '../tests/browser/support.ts'
import { setScene } from './screenshots/scene.ts'

const images = join(import.meta.dir, '../docs/images')
mkdirSync(images, { recursive: true })

const server = await startServer({ RATE_LIMITS: 'off', NODE_ENV: 'production' })
const browser = await launchBrowser()
try {
  const { cleo, ben, dan, aya, salma } = await setScene(browser, server.url)
  for (const { context } of [dan, aya, salma]) await open(context, '#room=general')
  const atDesk = await open(cleo.context, '#room=general')
  const inPocket = await open(ben.context, '#room=general')
  for (const page of [atDesk, inPocket]) await page.getByText('See you at ten').last().waitFor()
  await Bun.sleep(1_000)
  await beside(cleo.context, await atDesk.screenshot(), await inPocket.screenshot())

  await atDesk.keyboard.press('Control+k')
  await atDesk.getByRole('combobox').fill('har')
  await shoot(atDesk, 'palette')
  await atDesk.keyboard.press('Escape')

  await shoot(await open(ben.context, '#browse'), 'phone-browse')
  await shoot(await open(cleo.context, '#room=general', { look: 'dark' }), 'desk-dark')
  await shoot(await open(salma.context, '#room=general', { language: 'ar' }), 'desk-arabic')
} finally {
  await browser.close()
  await server.stop()
}

async function open(
  context: BrowserContext,
  fragment: string,
  preferences: Record<string, string> = {},
): Promise<Page> {
  const page = await context.newPage()
  await page.goto(server.url)
  await page.evaluate((chosen) => {
    for (const name of ['look', 'language']) localStorage.removeItem(`parley.${name}`)
    for (const [name, value] of Object.entries(chosen)) localStorage.setItem(`parley.${name}`, value)
  }, preferences)
  await page.goto(`${server.url}/${fragment}`)
  await page.reload()
  await page.locator('main').first().waitFor()
  return page
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(1_000)
  await page.screenshot({ path: `${images}/${name}.png` })
}

/** The desk and, before it, the phone: one picture for the README. */
async function beside(context: BrowserContext, desk: Buffer, phone: Buffer): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize({ width: 1280, height: 850 })
  const source = (picture: Buffer): string => `data:image/png;base64,${picture.toString('base64')}`
  const frame = 'border-radius:14px;box-shadow:0 18px 50px #0b1f2433,0 0 0 1px #0b1f2418'
  await page.setContent(`<body style="margin:0;background:#e9f0ef;height:850px;position:relative;overflow:hidden">
    <img src="${source(desk)}" style="position:absolute;left:32px;top:34px;width:1070px;${frame}">
    <img src="${source(phone)}" style="position:absolute;right:36px;bottom:32px;width:310px;${frame}"></body>`)
  await page.waitForTimeout(200)
  await page.screenshot({ path: `${images}/two-people.png` })
}
