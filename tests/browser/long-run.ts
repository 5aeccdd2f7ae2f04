/** bun tests/browser/long-run.ts [--messages 100000]: what scrolling back through a long room costs the page. */
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { fill } from './fill.ts'
import { desk, launchBrowser, startServer } from './support.ts'

const { values } = parseArgs({ options: { messages: { type: 'string', default: '100000' } } })
const count = Number(values.messages)
if (!Number.isInteger(count) || count < 1000) {
  console.error('Usage: bun tests/browser/long-run.ts [--messages <number, at least 1000>]')
  process.exit(2)
}
/** People at once: their messages share commits. */
const writers = ['ben', 'cleo', 'dan', 'echo']

const server = await startServer({ RATE_LIMITS: 'off' })
const browser = await launchBrowser()
try {
  const began = Date.now()
  const head = await fillAll()
  console.log(`${count} messages stored in ${((Date.now() - began) / 1000).toFixed(0)} s`)
  const page = await enter(head)
  await report(page)
} finally {
  await browser.close()
  await server.stop()
}

async function fillAll(): Promise<number> {
  const people = await Promise.all(writers.map((username) => signUp(server, username)))
  const heads = await Promise.all(
    people.map(async (person, index) => {
      await rest(server, person).call('PUT', '/rooms/general/members/me', {})
      const share = (part: number) => Math.round((count * part) / people.length)
      return fill(server, person.token, share(index), share(index + 1))
    }),
  )
  return Math.max(...heads)
}

async function enter(head: number): Promise<Page> {
  const context = await desk(browser)
  const page = await context.newPage()
  const headers = { 'x-session': 'cookie', origin: server.url }
  const data = { username: 'finn', email: 'finn@example.org', password: 'the tide turns at four' }
  await context.request.post(`${server.url}/auth/signup`, { headers, data })
  await context.request.put(`${server.url}/rooms/general/members/me`, { headers })
  page.on('pageerror', (error) => {
    console.error(error)
    process.exitCode = 1
  })
  await page.goto(`${server.url}/#room=general`)
  await page.locator(`[data-seq="${head}"]`).waitFor()
  return page
}

type Step = { top: number; ms: number; frames: number }

/** Back to the beginning, a screen at a time, as fast as the page draws. */
async function report(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.evaluate(watch)
  const box = page.locator('.scroll')
  await box.hover()
  const height = (await box.boundingBox())!.height
  console.log(`heap at the end of the room: ${await heapMb(devtools)} MB`)

  const steps: Step[] = []
  const began = Date.now()
  let most = 0
  let still = 0
  let before = await spentMs(devtools)
  for (let there = false; !there; ) {
    await page.mouse.wheel(0, -height)
    const { top, lines, frames, isStart } = await page.evaluate(drawn)
    const now = await spentMs(devtools)
    still = top === steps.at(-1)?.top ? still + 1 : 0
    if (still === 200) throw new Error(`Stuck at ${top}`)
    steps.push({ top, ms: now - before, frames })
    most = Math.max(most, lines)
    before = now
    there = isStart
  }
  const seconds = (Date.now() - began) / 1000
  const passed = (part: readonly Step[]) => (part[0]?.top ?? 0) - (part.at(-1)?.top ?? 0)
  console.log(`${passed(steps)} lines back in ${steps.length} steps, ${seconds.toFixed(0)} s`)
  console.log("work of the page's thread from one step to the next, ms:")
  const tenth = Math.ceil(steps.length / 10)
  for (let at = 0; at < steps.length; at += tenth) console.log(row(steps.slice(at, at + tenth)))
  console.log(row(steps))
  console.log(
    `longest task (by the clock) ${await page.evaluate(longestTask)} ms, lines in the page at most ${most}`,
  )
  console.log(`heap at the beginning of the room: ${await heapMb(devtools)} MB`)
}

function row(steps: readonly Step[]): string {
  const sorted = steps.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!.toFixed(1)
  const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length
  const frames = steps.reduce((sum, step) => sum + step.frames, 0)
  const late = sorted.filter((ms) => ms > 16).length
  return `${steps[0]!.top} → ${steps.at(-1)!.top}: mean ${mean.toFixed(1)}, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)}; over 16: ${late} of ${steps.length}; ${frames} frames, mean ${((mean * steps.length) / frames).toFixed(1)}`
}

/** Time of the page's own thread, so that a busy machine does not count. */
async function spentMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value
}

async function heapMb(devtools: CDPSession): Promise<string> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  return (usedSize / 2 ** 20).toFixed(0)
}

/** The contents of the page once the next frame is drawn. */
async function drawn() {
  const page = window as unknown as Watched
  await new Promise((resolve) => requestAnimationFrame(resolve))
  const frames = page.frames_drawn
  page.frames_drawn = 0
  const box = document.querySelector('.scroll')!
  const edge = box.getBoundingClientRect().top
  const lines = [...box.querySelectorAll<HTMLElement>('[data-seq]')]
  const first = lines.find((line) => line.getBoundingClientRect().bottom > edge)
  return {
    top: Number(first?.dataset.seq ?? 0),
    lines: lines.length,
    frames,
    isStart: box.querySelector('.beginning') !== null && box.scrollTop === 0,
  }
}

type Watched = { longest_task: number; frames_drawn: number }

function watch(): void {
  const page = window as unknown as Watched
  page.longest_task = 0
  page.frames_drawn = 0
  const count = () => {
    page.frames_drawn++
    requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) page.longest_task = Math.max(page.longest_task, duration)
  }).observe({ type: 'longtask' })
}

function longestTask(): number {
  return (window as unknown as Watched).longest_task
}
