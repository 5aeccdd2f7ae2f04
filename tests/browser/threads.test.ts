import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator } from 'playwright-core'
import { DatabaseUnavailable } from '../../src/storage/errors.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('threads, at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  /** On a phone. */
  let ben: Actor
  let cleo: Actor
  let asked: number
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    await cleo.api('PUT', '/rooms/quay/members/me')
    asked = (await cleo.api('POST', '/rooms/quay/messages', { content: 'Which evening?' })).seq as number
    for (const actor of [ben, cleo]) {
      await go(actor, '#room=quay')
      await question(actor).waitFor()
    }
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const question = ({ page }: Actor): Locator => page.locator(`.timeline [data-seq="${asked}"]`)
  const threadOf = ({ page }: Actor) => page.getByRole('complementary', { name: 'Thread' })
  const box = (actor: Actor) => threadOf(actor).getByRole('textbox', { name: 'Reply in thread' })
  const said = (actor: Actor) => threadOf(actor).locator('.message .said').allInnerTexts()

  const look = async ({ page }: Actor, name: string) => {
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
  }

  const hold = async ({ page }: Actor, of: Locator) => {
    const { x, y } = (await of.boundingBox())!
    const touch = await page.context().newCDPSession(page)
    await touch.send('Input.dispatchTouchEvent', {
      type: 'touchStart',
      touchPoints: [{ x: x + 12, y: y + 8 }],
    })
    await page.getByRole('dialog').waitFor()
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }

  test('a thread begins with a long press, in place of the room, and its first message counts it', async () => {
    await hold(ben, question(ben))
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Reply in thread' }).click()
    // That a reply is in the room too surprised those who know threads from elsewhere.
    await threadOf(ben).getByText('Replies are shown in the room too.').waitFor()
    // What was dictated or typed without a touch went into the box of the room, which the thread covers.
    expect(await composer(ben).count()).toBe(0)
    await box(ben).fill('Friday.')
    await threadOf(ben).getByRole('button', { name: 'Send' }).click()
    await threadOf(ben).getByText('1 reply').waitFor()
    await question(cleo)
      .getByRole('button', { name: /1 reply/ })
      .waitFor()
  })

  test('at a desk it is next to the room: both see each reply, a quote, and an edit by ArrowUp', async () => {
    await question(cleo).hover()
    for (const hint of [
      'Reply in the room, with a quote',
      'Thread: replies are kept together, and shown in the room too',
    ])
      await question(cleo).getByTitle(hint).waitFor()
    await question(cleo)
      .getByRole('button', { name: /1 reply/ })
      .click()
    await box(cleo).fill('Then I bring tea.')
    await box(cleo).press('Enter')
    await threadOf(ben).getByText('Then I bring tea.').waitFor()
    const first = threadOf(cleo).locator('.message', { hasText: 'Friday.' })
    await first.hover()
    await first.getByRole('button', { name: 'Reply', exact: true }).click()
    await box(cleo).fill('At seven?')
    await box(cleo).press('Enter')
    await threadOf(ben).getByText('3 replies').waitFor()
    expect((await said(cleo)).map((text) => text.trim())).toEqual([
      'Which evening?',
      'Friday.',
      'Then I bring tea.',
      expect.stringMatching(/Ben\s+Friday\.\s+At seven\?/),
    ])
    await box(cleo).press('ArrowUp')
    await threadOf(cleo).getByText('Editing your message').waitFor()
    await box(cleo).fill('At eight?')
    await box(cleo).press('Enter')
    await threadOf(ben).getByText('At eight?').waitFor()
    // What is written in the thread is not in the box of the room.
    await box(cleo).fill('A draft')
    expect(await composer(cleo).inputValue()).toBe('')
  })

  test('a reload keeps the thread and its draft; Escape closes it, and the focus is on its first message', async () => {
    await cleo.page.reload()
    await threadOf(cleo).getByText('3 replies').waitFor()
    expect(await box(cleo).inputValue()).toBe('A draft')
    await box(cleo).press('Escape')
    await threadOf(cleo).waitFor({ state: 'detached' })
    const focused = await cleo.page.evaluate(() => document.activeElement?.getAttribute('data-seq'))
    expect(focused).toBe(String(asked))
    await question(cleo)
      .getByRole('button', { name: /3 replies/ })
      .waitFor()
  })

  test('a link to a reply opens its whole thread; a deleted reply does not count', async () => {
    const { items } = (await ben.api('GET', `/rooms/quay/messages/${asked}/thread`)) as {
      items: { seq: number }[]
    }
    await go(cleo, `#room=quay&thread=${items[2]!.seq}`)
    await threadOf(cleo).getByText('Which evening?').waitFor()
    await ben.api('DELETE', `/rooms/quay/messages/${items[0]!.seq}`)
    await threadOf(cleo).getByText('2 replies').waitFor()
    await threadOf(cleo).getByText('This message was deleted').first().waitFor()
    await threadOf(cleo).getByRole('button', { name: 'Close thread' }).click()
    await threadOf(ben).getByRole('button', { name: 'Close thread' }).tap()
    await question(ben)
      .getByRole('button', { name: /2 replies/ })
      .waitFor()
  })

  test('who reacted is shown to a pointer, to the focus, and to a finger that stays', async () => {
    for (const actor of [ben, cleo]) await go(actor, '#room=quay')
    for (const { api } of [ben, cleo]) await api('PUT', `/rooms/quay/messages/${asked}/reactions/🎉`)
    const chip = (actor: Actor) => question(actor).getByRole('button', { name: /party popper.*, 2/ })
    await chip(cleo).hover()
    const tip = question(cleo).getByRole('tooltip')
    expect(await tip.innerText()).toMatch(/^\W*You\W+and\W+Ben\W+reacted with .*party popper/)
    const described = await chip(cleo).getAttribute('aria-describedby')
    expect(described).toBe(await tip.getAttribute('id'))
    await hold(ben, chip(ben))
    const sheet = ben.page.getByRole('dialog', { name: 'Who reacted' })
    await sheet.getByRole('button', { name: 'Cleo' }).waitFor()
    expect(await sheet.getByRole('listitem').allInnerTexts()).toEqual(['Ben', 'Cleo'])
    await sheet.getByRole('button', { name: 'Close' }).click()
    // The finger opened the list, and did not take the reaction back.
    expect(await chip(ben).getAttribute('aria-pressed')).toBe('true')
  })

  test('who reacted, and could not be read, is said, and read when you try again', async () => {
    const { sql } = server.tools
    const { query } = sql
    const away = (text: string, params?: unknown[]) =>
      text.includes('as asked (emoji)')
        ? Promise.reject(new DatabaseUnavailable('The database is away.'))
        : query(text, params)
    sql.query = away as typeof query
    await hold(ben, question(ben).getByRole('button', { name: /party popper.*, 2/ }))
    const sheet = ben.page.getByRole('dialog', { name: 'Who reacted' })
    await sheet.getByRole('alert').waitFor()
    sql.query = query
    await sheet.getByRole('button', { name: 'Try again' }).tap()
    await sheet.getByRole('button', { name: 'Cleo' }).waitFor()
    expect(await sheet.getByRole('alert').count()).toBe(0)
    await sheet.getByRole('button', { name: 'Close' }).tap()
  })

  test('the threads that you follow are in one list, with what is new, until you stop following', async () => {
    await cleo.api('POST', '/rooms', { id: 'pier', title: 'Pier' })
    await go(cleo, '#room=pier')
    await ben.api('POST', '/rooms/quay/messages', { content: 'Bring a lantern', reply_to: asked })
    await cleo.page.getByRole('link', { name: /^Threads\s+1 thread with new replies$/ }).click()
    const line = cleo.page.getByRole('list', { name: 'Threads' }).getByRole('link')
    await line.getByText('1 new reply').waitFor()
    await look(cleo, 'threads-desk')
    await cleo.page.emulateMedia({ colorScheme: 'dark' })
    await look(cleo, 'threads-desk-dark')
    await cleo.page.emulateMedia({ colorScheme: 'light' })
    expect(await line.innerText()).toMatch(/Quay[\s\S]*Which evening\?[\s\S]*Ben[\s\S]*Bring a lantern/)
    await line.click()
    await threadOf(cleo).getByText('Bring a lantern').waitFor()
    await cleo.page.getByRole('link', { name: /^Threads$/ }).waitFor()
    await look(cleo, 'thread-followed')
    await threadOf(cleo).getByRole('button', { name: 'Stop following thread' }).click()
    await threadOf(cleo).getByRole('button', { name: 'Follow thread', exact: true }).waitFor()
    await go(cleo, '#threads')
    await cleo.page.getByText('Nothing yet. Threads that you start').waitFor()
    // On a phone it is a page of its own.
    await go(ben, '#threads')
    const his = ben.page.getByRole('list', { name: 'Threads' }).getByRole('link')
    await his.waitFor()
    await look(ben, 'threads-phone')
    await his.tap()
    await threadOf(ben).getByText('Bring a lantern').waitFor()
    await look(ben, 'thread-phone')
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})
