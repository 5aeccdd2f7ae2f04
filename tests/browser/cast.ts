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
  const api = apiOf(context, url)
  await api('POST', '/auth/signup', { email: `${account.username}@example.org`, password, ...account })
  return open(context, url, { username: account.username, api }, faults)
}

/** The same person on another device. */
export async function enterAgain(
  context: BrowserContext,
  url: string,
  username: string,
  faults: string[],
  word = password,
): Promise<Actor> {
  const api = apiOf(context, url)
  await api('POST', '/auth/login', { username, password: word })
  return open(context, url, { username, api }, faults)
}

export const apiOf =
  (context: BrowserContext, url: string): Api =>
  async (method, path, body) => {
    const answer = await context.request.fetch(url + path, {
      method,
      headers: { origin: url, 'x-session': 'cookie' },
      ...(body ? { data: body } : {}),
    })
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
    return text ? JSON.parse(text) : {}
  }

async function open(
  context: BrowserContext,
  url: string,
  who: Pick<Actor, 'username' | 'api'>,
  faults: string[],
): Promise<Actor> {
  const page = await context.newPage()
  noteFaults(page, faults)
  await page.goto(url)
  // Whatever the language.
  await page.locator('.rooms nav').waitFor()
  return { page, ...who }
}

const expected = /status of 40[1349]|status of 422|ERR_INTERNET_DISCONNECTED/

export function noteFaults(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => {
    // The browser itself writes down each refusal, and each request without a connection; that the page says it is what the tests look for.
    if (line.type() === 'error' && !expected.test(line.text())) faults.push(line.text())
  })
}

/** Resolves when the page has heard of it, which is later than the change: of two changes at once, it would see the second only. */
export const go = ({ page }: Pick<Actor, 'page'>, fragment: string) =>
  page.evaluate((address) => {
    const before = location.href
    const heard = new Promise<void>((resolve) =>
      window.addEventListener('hashchange', () => resolve(), { once: true }),
    )
    location.hash = address
    return location.href === before ? undefined : heard
  }, fragment)

/** On a phone the page shows either the list or a room. */
export const backToList = (actor: Actor) => go(actor, '#list')

export const composer = ({ page }: Actor) => page.getByRole('textbox', { name: /^Message / })

export async function openMenu({ page }: Actor, menu: string, choice: string) {
  await page.getByRole('button', { name: menu, exact: true }).click()
  await page.getByRole('menuitem', { name: choice, exact: true }).click()
}

/**
 * The line to which a link or a key leads is marked for some seconds. This begins to look before the way there, so that it sees the mark however
 * late the test asks for it.
 */
export function willBeMarked(
  { page }: Pick<Actor, 'page'>,
  line: { seq?: unknown; text?: string },
): Promise<unknown> {
  const seen = page.waitForFunction(
    ([selector, text]) =>
      [...document.querySelectorAll(selector!)].some(({ textContent }) => textContent?.includes(text!)),
    [line.seq === undefined ? '.message.found' : `.message.found[data-seq="${line.seq}"]`, line.text ?? ''],
  )
  // If the test ends before, that is its failure, and this is none of its own.
  seen.catch(() => {})
  return seen
}
