import type { BrowserContext, Page } from 'playwright-core'

export type Actor = { page: Page; username: string; api: Api }
/** What is only a scene to be set goes past the page: the same account over REST. */
export type Api = (method: string, path: string, body?: object) => Promise<{ [field: string]: unknown }>

const password = 'a lantern for everyone'

/** Somebody at the page, with an account and a session. What breaks in it is put to the faults. */
export async function enter(
  context: BrowserContext,
  url: string,
  account: { username: string; display_name?: string },
  faults: string[],
): Promise<Actor> {
  const api: Api = async (method, path, body) => {
    const answer = await context.request.fetch(url + path, {
      method,
      headers: { origin: url, 'x-session': 'cookie' },
      ...(body ? { data: body } : {}),
    })
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
    return text ? JSON.parse(text) : {}
  }
  await api('POST', '/auth/signup', { email: `${account.username}@example.org`, password, ...account })
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => {
    // The browser itself writes down each refusal; that the page tells it is what the tests look for.
    if (line.type() === 'error' && !/status of 40[1349]|status of 422/.test(line.text()))
      faults.push(line.text())
  })
  await page.goto(url)
  // Whatever the language.
  await page.locator('.rooms nav').waitFor()
  return { page, username: account.username, api }
}

export const go = async ({ page }: Actor, fragment: string) => {
  await page.evaluate((address) => {
    location.hash = address
  }, fragment)
}

/** On a phone the page shows either the list or a room. */
export const backToList = (actor: Actor) => go(actor, '#list')

export const composer = ({ page }: Actor) => page.getByRole('textbox', { name: /^Message / })

export async function openMenu({ page }: Actor, menu: string, choice: string) {
  await page.getByRole('button', { name: menu, exact: true }).click()
  await page.getByRole('menuitem', { name: choice, exact: true }).click()
}
