import type { Page, Request } from 'playwright-core'

const unanswered = new WeakMap<Page, Set<Request>>()

/** From now on `settled` knows what this page asks for. */
export function watchRequests(page: Page): void {
  const requests = new Set<Request>()
  unanswered.set(page, requests)
  page.on('request', (request) => requests.add(request))
  page.on('requestfinished', (request) => requests.delete(request))
  page.on('requestfailed', (request) => requests.delete(request))
}

/** The page has its responses, nothing in it says that it is busy, and some frames passed in which nothing moved or changed. */
export async function settled(page: Page): Promise<void> {
  const requests = unanswered.get(page) ?? new Set()
  do await page.evaluate(stillFor, 3)
  while (requests.size > 0)
}

/** Runs in the page. */
async function stillFor(frames: number): Promise<void> {
  let still = 0
  const watch = new MutationObserver(() => {
    still = 0
  })
  watch.observe(document, { attributes: true, characterData: true, childList: true, subtree: true })
  const moves = () =>
    document
      .getAnimations()
      .some(
        ({ playState, effect }) =>
          playState === 'running' && effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY,
      )
  while (still < frames) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    still = moves() || document.querySelector('[aria-busy="true"]') ? 0 : still + 1
  }
  watch.disconnect()
}
