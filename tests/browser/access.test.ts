import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Result } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { setUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go, openMenu } from './cast.ts'
import { browserIsThere, launchBrowser, patient } from './support.ts'

const axe = await Bun.file(join(import.meta.dir, '../../node_modules/axe-core/axe.min.js')).text()
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

const desk = { viewport: { width: 1280, height: 800 } }
const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }

const looks: Record<string, BrowserContextOptions> = {
  'light, at a desk': { ...desk, colorScheme: 'light' },
  'dark, on a phone': { ...phone, colorScheme: 'dark' },
  'with more contrast, dark, at a desk': { ...desk, colorScheme: 'dark', contrast: 'more' },
  'with more contrast, light, on a phone': { ...phone, colorScheme: 'light', contrast: 'more' },
  'in Arabic, at a desk': { ...desk, locale: 'ar' },
  'in German, on a phone': { ...phone, locale: 'de' },
}
/** Every view in every look takes minutes: those that differ most each time, all of them with LOOKS=all. */
const tried = Object.keys(looks).filter(
  (look) => process.env.LOOKS === 'all' || ['dark, on a phone', 'in Arabic, at a desk'].includes(look),
)
const english = (look: string) => !/^in/.test(look)

const addresses = [
  '#list',
  '#room=general',
  '#room=nowhere',
  '#browse',
  '#invite=nonsense',
  ...['profile', 'look', 'notices', 'sessions', 'blocked', 'tokens', 'account'].map(
    (page) => `#settings=${page}`,
  ),
  ...['users', 'bots', 'audit'].map((page) => `#admin=${page}`),
]

/** What opens over a view, by its English names. */
const sheets: Record<string, (actor: Actor) => Promise<void>> = {
  palette: ({ page }) => page.keyboard.press('Control+k'),
  shortcuts: async ({ page }) => {
    await page
      .locator('main')
      .first()
      .click({ position: { x: 5, y: 5 } })
    await page.keyboard.press('?')
  },
  "a person's card": async ({ page }) => {
    const person = page.getByRole('button', { name: /^Ada/ }).first()
    if (!(await person.isVisible())) await page.getByRole('button', { name: /online$/ }).click()
    await person.click()
  },
  'the menu of a message': async ({ page }) => {
    await page.locator('.message').first().focus()
    await page.keyboard.press('Enter')
  },
  'a list of emoji, and a message being edited': async (actor) => {
    await composer(actor).press('ArrowUp')
    // What is edited fills the box a moment later, over what is there.
    while ((await composer(actor).inputValue()) === '') await actor.page.waitForTimeout(20)
    await composer(actor).fill(':par')
    await actor.page.getByRole('listbox').waitFor()
  },
  'the menu of the room': ({ page }) => page.locator('main > header').getByRole('button').last().click(),
  'the tools for writing': ({ page }) => page.getByRole('button', { name: 'Formatting' }).click(),
  'all that can be done with a message': (actor) => openLine(actor),
  'emoji to react with': async (actor) => {
    await openLine(actor)
    const { page } = actor
    const more = page.getByRole('button', { name: 'More reactions' })
    if (await more.isVisible()) return more.click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'React', exact: true }).click()
  },
  'the question before a message is deleted': async (actor) => {
    await openLine(actor)
    await actor.page
      .getByRole('menuitem', { name: 'Delete' })
      .or(actor.page.getByRole('dialog').getByRole('button', { name: 'Delete' }))
      .click()
    await actor.page.getByRole('dialog', { name: 'Delete this message?' }).waitFor()
  },
  'pinned messages': async ({ page }) => {
    await page.getByRole('button', { name: 'Pinned messages' }).click()
    await page.locator('.pins').waitFor()
  },
  'details of the room': (actor) => openMenu(actor, 'Room menu', 'Room details'),
  'the question before the room is deleted': async (actor) => {
    await openMenu(actor, 'Room menu', 'Room details')
    await actor.page.getByRole('button', { name: 'Delete room' }).click()
    await actor.page.getByRole('dialog').getByRole('button', { name: 'Delete room' }).click()
  },
  invitations: async (actor) => {
    await openMenu(actor, 'Room menu', 'Invite by link')
    await actor.page.getByRole('button', { name: 'Create link' }).click()
    await actor.page.getByLabel('Invite link').waitFor()
  },
  webhooks: (actor) => openMenu(actor, 'Room menu', 'Webhooks'),
  'people to add': async ({ page }) => {
    const add = page.getByRole('button', { name: 'Add people' })
    if (!(await add.isVisible())) await page.getByRole('button', { name: /online$/ }).click()
    await add.click()
    await page.getByRole('combobox', { name: 'People to add' }).fill('nobody')
  },
  'a room to be made': async (actor) => {
    await go(actor, '#list')
    await actor.page.getByRole('button', { name: 'Create a room' }).click()
    await actor.page.getByRole('button', { name: 'Create', exact: true }).click()
  },
  'somebody to write to': async (actor) => {
    await go(actor, '#list')
    await actor.page.getByRole('button', { name: 'New direct message' }).click()
    await actor.page.getByRole('combobox', { name: 'To' }).fill('nobody')
  },
  'the menu of your account': async (actor) => {
    await go(actor, '#list')
    await actor.page.getByRole('button', { name: 'Your account' }).click()
  },
}

/** By a long press, or by the button next to the line. */
async function openLine({ page }: Actor): Promise<void> {
  const line = page.locator('.message').last()
  if (await page.evaluate(() => matchMedia('(hover: hover)').matches)) {
    await line.hover()
    return line.getByRole('button', { name: 'More', exact: true }).click()
  }
  const { x, y, height } = (await line.boundingBox())!
  const touch = await page.context().newCDPSession(page)
  const touchPoints = [{ x: x + 30, y: y + height / 2 }]
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
  await page.getByRole('dialog').waitFor()
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

describe.skipIf(!browserIsThere())('the page for everyone', () => {
  let server: TestServer
  let browser: Browser
  let root: Person
  const faults: string[] = []

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
    root = await setUp(server, 'root')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  test.each(tried)('axe finds nothing on any view: %s', async (look) => {
    const context = await patient(browser, { ...looks[look]!, reducedMotion: 'reduce' })
    const found: string[] = []
    const door = await context.newPage()
    await door.goto(server.url)
    await door.getByRole('button').first().waitFor()
    found.push(...(await problems(door, 'the door')))
    await door.close()

    const username = `ada${Object.keys(looks).indexOf(look)}`
    const ada = await enterAny(context, username)
    const room = `of-${username}`
    await ada.api('POST', '/rooms', { id: room, title: 'The quay' })
    await rest(server, root).put(`/users/${username}/roles/admin`)
    await ada.api('POST', `/rooms/${room}/messages`, {
      content: 'Hello, **world**, `code`, @ada0 and <b>?',
    })
    const { seq } = await ada.api('POST', `/rooms/${room}/messages`, {
      content: '```js\nlet a\n```\n> said',
    })
    await ada.api('PUT', `/rooms/${room}/messages/${seq}/reactions/${encodeURIComponent('🎉')}`)
    await ada.api('PUT', `/rooms/${room}/pins/${seq}`)
    await ada.page.reload()
    for (const address of [`#room=${room}`, `#room=${room}&seq=2`, ...addresses]) {
      await go(ada, address)
      await ada.page.waitForTimeout(250)
      found.push(...(await problems(ada.page, address)))
    }
    if (english(look)) {
      for (const [name, open] of Object.entries(sheets)) {
        await go(ada, `#room=${room}`)
        await ada.page.locator('.message').first().waitFor()
        await open(ada)
        await ada.page.waitForTimeout(250)
        found.push(...(await problems(ada.page, name)))
        await ada.page.reload()
      }
    }
    expect(found).toEqual([])
    await context.close()
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))

  const enterAny = async (context: Awaited<ReturnType<Browser['newContext']>>, username: string) =>
    enter(context, server.url, { username, display_name: `Ada ${username}` }, faults)
})

async function problems(page: Page, where: string): Promise<string[]> {
  // Sent through the debugger, which the page's own policy does not bind.
  await page.evaluate(axe)
  const violations = await page.evaluate(
    async (tags) =>
      (
        await (window as unknown as { axe: typeof import('axe-core') }).axe.run(document, {
          runOnly: { type: 'tag', values: tags },
          resultTypes: ['violations'],
        })
      ).violations as Result[],
    rules,
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${where}: ${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  )
}
