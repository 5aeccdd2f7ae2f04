import type { Page } from 'playwright-core'

/** The response to the next request at `path` comes when it is released; by `done` the server has done what was asked. */
export async function hold(page: Page, path: string) {
  const held = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  await page.route(
    path,
    async (route) => {
      const response = await route.fetch()
      done.resolve()
      await held.promise
      await route.fulfill({ response })
    },
    { times: 1 },
  )
  return { done: done.promise, release: held.resolve }
}
