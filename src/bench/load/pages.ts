import { monotonicUs, sleepUntilUs } from '../clock.ts'
import { note, type Spread } from '../spread.ts'
import type { Go, PagesJob, Ready, Result } from './job.ts'
import { measured } from './measured.ts'

const pageSize = 50
/** Checks only one page in so many: checking each would measure the reader. */
const readEvery = 50

/** Requests pages at random places of a history, over REST. */
export async function drivePages(
  { url, token, room, readers, messages: most }: PagesJob,
  tell: (ready: Ready) => void,
  go: () => Promise<Go | undefined>,
): Promise<Result> {
  const headers = { authorization: `Bearer ${token}` }
  const address = `${url}/rooms/${room}/messages?limit=${pageSize}`
  const newest = await fetch(address, { headers }).then((response) => response.json() as Promise<Page>)
  const head = Math.min(most, newest.items.at(-1)?.seq ?? 0)
  const latency: Spread = {}
  const tally = { pages: 0, wrong: 0, measuring: false, reading: true }

  async function read(reader: number): Promise<void> {
    for (let nth = reader; tally.reading; nth++) {
      const before = pageSize + 10 + Math.floor(Math.random() * (head - pageSize - 10))
      const began = monotonicUs()
      const response = await fetch(`${address}&before=${before}`, { headers })
      const text = await response.text()
      if (!response.ok || (nth % readEvery === 0 && !isWhole(JSON.parse(text) as Page, before))) tally.wrong++
      if (!tally.measuring) continue
      tally.pages++
      note(latency, monotonicUs() - began)
    }
  }

  tell({ ready: head > 2 * pageSize ? readers : 0 })
  const times = await go()
  const result = { seconds: 0, loadCpuSeconds: 0 }
  if (times) {
    await sleepUntilUs(times.startUs)
    const reading = Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)))
    Object.assign(result, await measured(times, tally))
    tally.reading = false
    await reading
  }
  const { pages: messages, wrong: missed } = tally
  const none = { doubled: 0, unanswered: 0, refused: 0, closed: 0, ends: {} }
  return { ...result, ...none, messages, deliveries: messages, missed, latency }
}

type Page = { items: { seq: number; content: string }[] }

/** Checks that a page is full, ascending without gaps, and readable. */
const isWhole = ({ items }: Page, before: number): boolean =>
  items.length === pageSize &&
  items.every(({ seq, content }, index) => content.length > 0 && seq === before - pageSize + index)
