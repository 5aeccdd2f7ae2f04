import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { fill } from './fill.ts'
import { browserIsThere, desk, launchBrowser } from './support.ts'

const count = 10_000

describe.skipIf(!browserIsThere())('a room of 10,000 messages', () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  let head = 0
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const ben = await signUp(server, 'ben')
    await rest(server, ben).call('PUT', '/rooms/general/members/me', {})
    head = await fill(server, ben.token, 0, count)

    const context = await desk(browser)
    page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
    await context.request.post(`${server.url}/auth/signup`, {
      headers: { 'x-session': 'cookie', origin: server.url },
      data: { username: 'cleo', email: 'cleo@example.org', password: 'the tide turns at four' },
    })
    await context.request.put(`${server.url}/rooms/general/members/me`, { headers: { origin: server.url } })
    await page.goto(`${server.url}/#room=general`)
    await line(head).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const line = (seq: number) => page.locator(`[data-seq="${seq}"]`)
  const inPage = () => page.locator('.message').count()
  const topSeq = () => page.evaluate(readTop)

  test('shows its end, and a few screens of lines', async () => {
    expect(await inPage()).toBeLessThan(300)
    expect(await page.locator('.words').last().innerText()).toStartWith(`${count - 1} `)
  })

  test('is scrolled back through without a late frame, and never holds more lines', async () => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spentMs = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
    }
    await page.locator('.scroll').hover()
    const before = { ms: await spentMs(), frames: await page.evaluate(countFrames), top: await topSeq() }
    let most = 0
    for (let turn = 0; turn < 120; turn++) {
      await page.mouse.wheel(0, -600)
      await page.evaluate(nextFrame)
      if (turn % 10 === 0) most = Math.max(most, await inPage())
    }
    const frames = (await page.evaluate(countFrames)) - before.frames
    const ms = (await spentMs()) - before.ms
    const passed = before.top - (await topSeq())
    console.log(
      `${passed} lines back in ${frames} frames, ${(ms / frames).toFixed(1)} ms each, ${most} lines at most`,
    )
    expect(most).toBeLessThan(300)
    expect(passed).toBeGreaterThan(500)
    // Of the page's own thread, so that a busy machine does not count.
    expect(ms / frames).toBeLessThan(16)
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})

function readTop(): number {
  const box = document.querySelector('.scroll')!
  const top = box.getBoundingClientRect().top
  const lines = [...box.querySelectorAll<HTMLElement>('[data-seq]')]
  return Number(lines.find((line) => line.getBoundingClientRect().bottom > top)!.dataset.seq)
}

const nextFrame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()))

/** How many frames were drawn since it was first asked. */
function countFrames(): number {
  const page = window as unknown as { frames_drawn?: number }
  if (page.frames_drawn === undefined) {
    page.frames_drawn = 0
    const count = () => {
      page.frames_drawn!++
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  }
  return page.frames_drawn
}
