import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { setUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { pdf, photo } from '../support/media.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, composer, enter, go, openMenu } from './cast.ts'
import { settled, watchRequests } from './settled.ts'
import { browserIsThere, launchBrowser, patient } from './support.ts'

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
  '#for-you',
  '#threads',
  '#saved',
  '#drafts',
  '#invite=nonsense',
  ...['profile', 'look', 'notices', 'sessions', 'blocked', 'tokens', 'account'].map(
    (page) => `#settings=${page}`,
  ),
  ...['users', 'rooms', 'community', 'bots', 'audit'].map((page) => `#admin=${page}`),
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
  'a picture in the viewer': async ({ page }) => {
    await page.locator('.message .photo').first().click()
    await page.getByRole('dialog', { name: 'Pictures' }).getByRole('img').waitFor()
  },
  'files that are going to be sent': async ({ page }) => {
    await page.locator('.composer input[type=file][multiple]').setInputFiles([
      { name: 'quay.jpg', mimeType: 'image/jpeg', buffer: await photo(60, 40) },
      { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    ])
    await page.locator('.tray li.done').waitFor()
  },
  'the files of the room': async (actor) => {
    await openMenu(actor, 'Room menu', 'Files and pictures')
    await actor.page.locator('.room-files .photo').first().waitFor()
  },
  'a list of emoji, and a message being edited': async (actor) => {
    await composer(actor).press('ArrowUp')
    // What is edited fills the box a moment later, over what is there.
    while ((await composer(actor).inputValue()) === '') await actor.page.waitForTimeout(20)
    await composer(actor).fill(':par')
    await actor.page.getByRole('listbox').waitFor()
  },
  'commands behind a slash': async (actor) => {
    await composer(actor).fill('/')
    await actor.page.getByRole('listbox', { name: 'Commands' }).waitFor()
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
  'a thread': async ({ page }) => {
    await page.locator('.thread-link').click()
    await page.locator('.thread .message').nth(1).hover()
  },
  'who reacted': async (actor) => {
    await actor.page.locator('.reaction').last().focus()
    await actor.page.getByRole('tooltip', { includeHidden: true }).last().waitFor({ state: 'attached' })
    await openLine(actor)
    const choice = { name: 'Who reacted' }
    await actor.page.getByRole('menuitem', choice).or(actor.page.getByRole('button', choice)).click()
    await actor.page.locator('.reactors').waitFor()
  },
  'pinned messages': async ({ page }) => {
    await page.getByRole('button', { name: 'Pinned messages' }).click()
    await page.locator('.pins').waitFor()
  },
  'details of the room': (actor) => openMenu(actor, 'Room menu', 'Room details'),
  'notifications of the room': (actor) => openMenu(actor, 'Room menu', 'Notifications'),
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
  'the search of messages, with all of its filters': async ({ page }) => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('hello')
    await page.getByRole('status').filter({ hasText: /found/ }).waitFor()
    await page.getByRole('button', { name: 'More filters' }).click()
    await page.getByLabel('From this day on').fill('2020-01-01')
    await page.getByRole('button', { name: /^Remove the filter/ }).waitFor()
  },
  'a search that is refused': async ({ page }) => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('before:noon')
    await page.getByRole('status').filter({ hasText: 'before:' }).waitFor()
  },
  'the last searches': async ({ page }) => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('world')
    await page.getByRole('dialog').getByRole('link').first().click()
    await page.keyboard.press('Control+f')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('heading', { name: 'Last searches on this device' }).waitFor()
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
    const signIn = await context.newPage()
    await signIn.goto(server.url)
    await signIn.getByRole('button').first().waitFor()
    found.push(...(await problems(signIn, 'the sign-in page')))
    await signIn.close()

    const username = `ada${Object.keys(looks).indexOf(look)}`
    const ada = await enterAny(context, username)
    watchRequests(ada.page)
    const room = `of-${username}`
    await ada.api('POST', '/rooms', { id: room, title: 'The quay' })
    await rest(server, root).put(`/users/${username}/roles/admin`)
    const { seq: reply_to } = await ada.api('POST', `/rooms/${room}/messages`, {
      content: 'Hello, **world**, `code`, @ada0 and <b>?',
    })
    await ada.api('POST', `/rooms/${room}/messages`, { content: 'A reply', reply_to })
    const files = [
      await upload(ada, room, 'quay.jpg', await photo(400, 300)),
      await upload(ada, room, 'mole.jpg', await photo(300, 400)),
      await upload(ada, room, 'plan.pdf', pdf),
      await upload(ada, room, 'bell.wav', silence),
    ]
    await ada.api('POST', `/rooms/${room}/messages`, { content: '', files })
    const { seq } = await ada.api('POST', `/rooms/${room}/messages`, {
      content: '```js\nlet a\n```\n> said',
    })
    await ada.api('PUT', `/rooms/${room}/messages/${seq}/reactions/${encodeURIComponent('🎉')}`)
    await ada.api('PUT', `/rooms/${room}/pins/${seq}`)
    await ada.page.reload()
    for (const address of [
      `#room=${room}`,
      `#room=${room}&seq=2`,
      `#room=${room}&thread=${reply_to}`,
      ...addresses,
    ]) {
      await go(ada, address)
      await settled(ada.page)
      found.push(...(await problems(ada.page, address)))
    }
    if (english(look)) {
      for (const [name, open] of Object.entries(sheets)) {
        await go(ada, `#room=${room}`)
        await ada.page.locator('.message').first().waitFor()
        await open(ada)
        await settled(ada.page)
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

/** A sound of nothing. */
const silence = Buffer.concat([
  Buffer.from('524946462c00000057415645666d74201000000001000100401f0000401f000001000800', 'hex'),
  Buffer.from('64617461080000008080808080808080', 'hex'),
])

async function upload({ page }: Actor, room: string, name: string, data: Buffer): Promise<string> {
  const { origin } = new URL(page.url())
  const response = await page.context().request.post(`${origin}/rooms/${room}/files`, {
    headers: {
      origin,
      'x-session': 'cookie',
      'x-file-name': name,
      'content-type': 'application/octet-stream',
    },
    data,
  })
  return (await response.json()).id
}
