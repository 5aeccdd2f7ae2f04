/**
 * Makes the pictures of the README and of docs/: `bun run screenshots`. It uses its own server, real accounts, a real
 * conversation, and a real Chromium (CHROMIUM, or /usr/bin/chromium).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { launchBrowser, startServer } from '../tests/browser/support.ts'
import { goOn, setScene, walk } from './screenshots/scene.ts'

const there = `#room=${walk}`
const images = join(import.meta.dir, '../docs/images')
mkdirSync(images, { recursive: true })

const server = await startServer({ RATE_LIMITS: 'off', NODE_ENV: 'production' })
const browser = await launchBrowser()
try {
  const cast = await setScene(browser, server.url)
  const { cleo, ben, dan, aya, salma } = cast
  for (const { context } of [aya, salma]) await open(context, there)
  const atDesk = await open(cleo.context, there)
  const inPocket = await open(ben.context, there)
  for (const page of [atDesk, inPocket]) await page.getByText('See you at ten').last().waitFor()
  await goOn(cast)
  await atDesk.getByText('1 mention').first().waitFor({ state: 'attached' })
  const writer = (await open(dan.context, there)).getByRole('textbox')
  await writer.pressSequentially('It did not even')
  for (const page of [atDesk, inPocket]) await page.getByText('is typing').waitFor()
  await composePicture(cleo.context, await atDesk.screenshot(), await inPocket.screenshot())
  await writer.fill('')

  await atDesk.keyboard.press('Control+k')
  await shoot(atDesk, 'palette')
  await atDesk.keyboard.press('Escape')

  await shoot(await open(ben.context, '#browse'), 'phone-browse')
  await shoot(await open(cleo.context, there, { look: 'dark' }), 'desk-dark')
  await shoot(await open(salma.context, there, { language: 'ar' }), 'desk-arabic')
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

/** The desk with the phone in front: one picture for the README. */
async function composePicture(context: BrowserContext, desk: Buffer, phone: Buffer): Promise<void> {
  const page = await context.newPage()
  await page.setViewportSize({ width: 1280, height: 850 })
  const source = (picture: Buffer): string => `data:image/png;base64,${picture.toString('base64')}`
  const frame = 'border-radius:14px;box-shadow:0 18px 50px #0b1f2433,0 0 0 1px #0b1f2418'
  await page.setContent(`<body style="margin:0;background:#e9f0ef;height:850px;position:relative;overflow:hidden">
    <img src="${source(desk)}" style="position:absolute;left:32px;top:34px;width:1050px;${frame}">
    <img src="${source(phone)}" style="position:absolute;right:36px;bottom:32px;width:310px;${frame}"></body>`)
  await page.waitForTimeout(200)
  await page.screenshot({ path: `${images}/two-people.png` })
}
