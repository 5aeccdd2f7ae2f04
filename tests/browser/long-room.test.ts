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

  test('is scrolled back through at the same cost however far back, and never holds more lines', async () => {
    const devtools = await page.context().newCDPSession(page)
    // Time of the page's own thread, so that a busy machine does not count.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spentMs = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
    }
    /** Scrolls back, and returns how far that was and what a line of it cost. */
    async function scrollBack(turns: number) {
      const before = { ms: await spentMs(), top: await topSeq() }
      for (let turn = 0; turn < turns; turn++) {
        await page.mouse.wheel(0, -600)
        await page.evaluate(nextFrame)
        if (turn % 10 === 0) expect(await inPage()).toBeLessThan(300)
      }
      const passed = before.top - (await topSeq())
      return { passed, msEach: ((await spentMs()) - before.ms) / passed }
    }
    await page.locator('.scroll').hover()
    // Whatever the browser must learn first.
    await scrollBack(30)
    const early = await scrollBack(40)
    await scrollBack(120)
    const late = await scrollBack(40)
    expect(early.passed + late.passed).toBeGreaterThan(500)
    expect(late.msEach / early.msEach).toBeLessThan(3)
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
