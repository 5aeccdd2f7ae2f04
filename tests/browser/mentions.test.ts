import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, backToList, composer, enter, go, openMenu } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('mentions', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    for (const id of ['boats', 'tides']) {
      await ben.api('POST', '/rooms', { id, title: id === 'boats' ? 'Boats' : 'Tides' })
      await cleo.api('PUT', `/rooms/${id}/members/me`, {})
    }
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const row = ({ page }: Actor, name: string | RegExp) =>
    page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name })
  const say = async (room: string, body: object): Promise<number> =>
    ((await ben.api('POST', `/rooms/${room}/messages`, body)) as { seq: number }).seq

  /** A room is drawn before it is open, and read only then. */
  const hasRead = (room: string) =>
    waitFor(`that she has read ${room}`, async () => (await cleo.api('GET', `/rooms/${room}`)).unread === 0)

  /** Seen before: the row of a room that shows mentions only was the dimmest of the list, and a reload forgot the mention. */
  test('a mention that comes while the page is closed is loud in the list, and stays so over a reload', async () => {
    await cleo.api('PUT', '/rooms/boats/notifications', { level: 'mentions' })
    await cleo.page.goto('about:blank')
    await say('boats', { content: 'Nothing for you' })
    await say('boats', { content: 'URGENT @cleo please answer' })
    await cleo.page.goto(server.url)
    await row(cleo, /Boats.*1 mention/).waitFor()
    expect(await row(cleo, /Boats/).getAttribute('class')).toContain('is-loud')
    expect(await cleo.page.title()).toStartWith('(1)')
    await cleo.page.reload()
    await row(cleo, /Boats.*1 mention/).waitFor()
    await row(cleo, /For you.*1 mention/).waitFor()
  })

  test('"For you" lists mentions, replies and reactions, and opens the message', async () => {
    const hers = (
      (await cleo.api('POST', '/rooms/tides/messages', { content: 'Who knows the tides?' })) as {
        seq: number
      }
    ).seq
    await say('tides', { content: 'At four', reply_to: hers })
    await ben.api('PUT', `/rooms/tides/messages/${hers}/reactions/🎉`)
    await say('tides', { content: 'Boats to the water, @room' })
    await row(cleo, /For you.*2 mentions/).waitFor()
    await row(cleo, /For you/).click()
    const lines = cleo.page.getByRole('list', { name: 'For you' }).getByRole('link')
    await cleo.page.getByText(/mentioned everyone in/).waitFor()
    expect(
      (await lines.allInnerTexts()).map((text) =>
        text
          .replace(/[\u2066-\u2069]/g, '')
          .replace(/\s+/g, ' ')
          .replace(/ \d.*?[AP]M/, ''),
      ),
    ).toEqual([
      'Unread: Ben mentioned everyone in Tides Boats to the water, @room',
      'Unread: Ben reacted with 🎉 in Tides Who knows the tides?',
      'Unread: Ben replied to you in Tides At four',
      'Unread: Ben mentioned you in Boats URGENT @cleo please answer',
    ])
    await lines.last().click()
    await composer(cleo).waitFor()
    await cleo.page.getByText('URGENT').waitFor()
    await hasRead('boats')
    await backToList(cleo)
    await row(cleo, /^Boats$/).waitFor()
    await row(cleo, /For you.*1 mention/).waitFor()
  })

  test('marked as unread from a message on, it stays so until you come back', async () => {
    await go(cleo, '#room=tides')
    await hasRead('tides')
    await backToList(cleo)
    await row(cleo, /^Tides$/).waitFor()
    await go(cleo, '#room=tides')
    const line = cleo.page.locator('[data-seq]', { hasText: 'At four' }).first()
    await line.waitFor()
    await line.hover()
    await line.getByRole('button', { name: 'More' }).click()
    await cleo.page.getByRole('menuitem', { name: 'Mark unread from here' }).click()
    await cleo.page.getByText('New', { exact: true }).waitFor()
    await backToList(cleo)
    await row(cleo, /Tides.*1 mention/).waitFor()
    await go(cleo, '#room=tides')
    await hasRead('tides')
    await backToList(cleo)
    await row(cleo, /^Tides$/).waitFor()
  })

  test('a room is muted for a time, which its details say, and that can be ended', async () => {
    await go(cleo, '#room=boats')
    await cleo.page.getByRole('button', { name: 'Room menu' }).click()
    await cleo.page.getByRole('menuitemcheckbox', { name: 'Mute' }).click()
    await cleo.page.getByRole('dialog', { name: /Mute/ }).getByRole('button', { name: 'For 8 hours' }).click()
    await backToList(cleo)
    await say('boats', { content: 'Ahoy @cleo' })
    await row(cleo, /Boats.*1 unread/).waitFor()
    expect(await row(cleo, /Boats/).getAttribute('class')).toContain('is-quiet')
    await go(cleo, '#room=boats')
    await openMenu(cleo, 'Room menu', 'Notifications')
    const level = cleo.page.getByRole('dialog').getByRole('group', { name: 'Notifications' })
    await level.getByLabel('Mentions only').waitFor()
    await cleo.page.getByText(/Muted until/).waitFor()
    await cleo.page.getByRole('button', { name: 'Unmute' }).click()
    await cleo.page.getByText(/Muted until/).waitFor({ state: 'detached' })
  })

  test('a keyword is set in the settings, counts as a mention and is marked in the room', async () => {
    await go(cleo, '#settings=notices')
    const changed = new Promise<void>((resolve) => {
      cleo.page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          if (String(payload).includes('keywords.changed')) resolve()
        }),
      )
    })
    await cleo.page.reload()
    const words = cleo.page.getByLabel('Words that count as a mention of you')
    await words.fill('+++')
    const form = cleo.page.locator('form', { has: words })
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('A keyword needs a letter or a digit.').waitFor()
    // Its event comes before its response. Seen before: the form was drawn again by that, without its "Saved.".
    const response = '**/users/me/keywords'
    await cleo.page.route(response, async (route) => {
      const held = await route.fetch()
      await changed
      await route.fulfill({ response: held })
    })
    await words.fill('Harbour master, #Ébb, ebb')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('Saved.').waitFor()
    await cleo.page.unroute(response)
    await backToList(cleo)
    await say('tides', { content: 'The **EBB**, ask the harbour master. Not the `ebb`' })
    await row(cleo, /Tides.*1 mention/).waitFor()
    await go(cleo, '#for-you')
    await cleo.page.getByText(/used one of your keywords in/).waitFor()
    await go(cleo, '#room=tides')
    const marks = cleo.page.locator('.message .mention.own')
    await marks.filter({ hasText: 'harbour master' }).waitFor()
    expect((await marks.allTextContents()).slice(-2)).toEqual(['EBB', 'harbour master'])
    await cleo.page.reload()
    await marks.filter({ hasText: 'EBB' }).waitFor()
    // From another device.
    await cleo.api('PUT', '/users/me/keywords', { keywords: ['ask'] })
    await marks.filter({ hasText: /^ask$/ }).waitFor()
    expect(await marks.filter({ hasText: 'EBB' }).count()).toBe(0)
    await cleo.api('PUT', '/users/me/keywords', { keywords: [] })
    await marks.filter({ hasText: /^ask$/ }).waitFor({ state: 'detached' })
  })

  test.each(['desk', 'phone'] as const)(
    'at a %s, a message that names somebody outside of the room offers to add them',
    async (where) => {
      const context = where === 'desk' ? await desk(browser) : await phone(browser)
      const eve = await enter(context, server.url, { username: `eve-${where}`, display_name: 'Eve' }, faults)
      const dan = { username: `dan-${where}`, display_name: 'Dan' }
      const dans = await enter(await desk(browser), server.url, dan, faults)
      const room = `quay-${where}`
      await eve.api('POST', '/rooms', { id: room, title: 'Quay' })
      await cleo.api('PUT', `/rooms/${room}/members/me`, {})
      const send = async (actor: Actor, text: string) => {
        await composer(actor).fill(text)
        await actor.page.getByRole('button', { name: 'Send' }).click()
      }
      const note = ({ page }: Actor) => page.getByText(/Not in this room, and not notified: .*Dan/)
      await go(eve, `#room=${room}`)
      await send(eve, `Are you there, @${dan.username}?`)
      await note(eve).waitFor()
      await eve.page.getByRole('button', { name: 'Not now' }).click()
      await note(eve).waitFor({ state: 'detached' })
      await send(eve, `@${dan.username}!`)
      await note(eve).waitFor()
      await eve.page.getByRole('button', { name: 'Add', exact: true }).click()
      await eve.page.getByText(/Dan.* has been added or invited/).waitFor()
      await note(eve).waitFor({ state: 'detached' })
      const { items } = await dans.api('GET', '/users/me/invitations')
      expect(items).toMatchObject([{ room }])

      // She may not add him.
      await go(cleo, `#room=${room}`)
      await send(cleo, `And you, @${dan.username}?`)
      await note(cleo).waitFor()
      expect(await cleo.page.getByRole('button', { name: 'Add', exact: true }).count()).toBe(0)
      await send(cleo, 'Well then')
      await note(cleo).waitFor({ state: 'detached' })
      await context.close()
      expect(faults).toEqual([])
    },
  )
})
