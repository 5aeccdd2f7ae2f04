import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go } from './cast.ts'
import { hold } from './hold.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('commands behind a slash, at a desk and a phone', () => {
  let server: TestServer
  let browser: Browser
  /** At a desk; the room is hers. */
  let cleo: Actor
  /** On a phone. */
  let ben: Actor
  let dan: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    dan = await enter(await desk(browser), server.url, { username: 'dan', display_name: 'Dan' }, faults)
    await cleo.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    await ben.api('PUT', '/rooms/quay/members/me')
    for (const actor of [cleo, ben]) {
      await go(actor, '#room=quay')
      await composer(actor).waitFor()
    }
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const list = ({ page }: Actor) => page.getByRole('listbox', { name: 'Commands' })
  const look = async ({ page }: Actor, name: string) => {
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
  }
  const said = ({ page }: Actor, text: string) =>
    page.locator('.timeline .message:not(.sending) .words', { hasText: text }).last()
  const say = async (actor: Actor, text: string) => {
    await composer(actor).fill(text)
    await composer(actor).press('Control+Enter')
  }
  /** Around what is filled in there are signs that isolate its direction. */
  const toast = ({ page }: Actor, text: RegExp) => page.getByRole('alert').filter({ hasText: text })

  // What was typed while the command was on its way was deleted when its response came.
  test('leave what is typed behind them before the response comes', async () => {
    const first = await hold(cleo.page, '**/users/me')
    await say(cleo, '/status ⚓ At sea')
    await first.done
    await composer(cleo).pressSequentially('Ahoy')
    first.release()
    await toast(cleo, /Saved/).waitFor()
    expect(await composer(cleo).inputValue()).toBe('Ahoy')
    await composer(cleo).fill('')
    await cleo.api('PATCH', '/users/me', { custom_status: {} })
  })

  test('are listed while they are typed, with what each does, and Enter goes on with the chosen one', async () => {
    await composer(cleo).pressSequentially('/')
    await list(cleo).waitFor()
    expect(await list(cleo).getByRole('option').count()).toBe(9)
    await look(cleo, 'slash-desk')
    await cleo.page.emulateMedia({ colorScheme: 'dark' })
    await look(cleo, 'slash-desk-dark')
    await cleo.page.emulateMedia({ colorScheme: 'light' })
    await composer(cleo).pressSequentially('me')
    await list(cleo).getByRole('option', { name: '/me waves send what you do, in italics' }).waitFor()
    await composer(cleo).press('Enter')
    expect(await composer(cleo).inputValue()).toBe('/me ')
    await composer(cleo).pressSequentially('dances')
    await composer(cleo).press('Enter')
    expect(await said(ben, 'dances').locator('em').innerText()).toBe('dances')
    // Nothing more is needed: Enter does it.
    await composer(cleo).pressSequentially('/shrug')
    expect(await list(cleo).count()).toBe(0)
    await composer(cleo).press('Enter')
    expect((await said(ben, 'ツ').innerText()).trim()).toBe('¯\\_(ツ)_/¯')
    await composer(ben).fill('/')
    await list(ben).waitFor()
    expect(await list(ben).getByRole('option').count()).toBe(7)
    await look(ben, 'slash-phone')
    await composer(ben).fill('')
  })

  test('change the room, invite, mute and search; one that fails keeps what was typed', async () => {
    await say(cleo, '/topic Boats and tides')
    await waitFor('an empty box', async () => (await composer(cleo).inputValue()) === '')
    expect(await cleo.api('GET', '/rooms/quay')).toMatchObject({ description: 'Boats and tides' })
    await say(cleo, '/invite @dan')
    await toast(cleo, /@dan.* has been added or invited/).waitFor()
    expect(await dan.api('GET', '/users/me/invitations')).toMatchObject({ items: [{ room: 'quay' }] })
    await say(cleo, '/invite nobody.at.all')
    await toast(cleo, /does not exist|no longer there/).waitFor()
    expect(await composer(cleo).inputValue()).toBe('/invite nobody.at.all')
    await say(cleo, '/mute 2h')
    await toast(cleo, /Quay.* is muted/).waitFor()
    expect((await cleo.api('GET', '/rooms/quay')).muted_until).toBeString()
    await say(cleo, '/mute off')
    await toast(cleo, /Quay.* notifies you again/).waitFor()
    await say(cleo, '/search tides')
    await cleo.page.getByRole('dialog', { name: 'Search messages' }).waitFor()
    await cleo.page.keyboard.press('Escape')
  })

  test('that do not exist, or that you may not use, are not sent as words, unless you say so', async () => {
    const count = async () => ((await ben.api('GET', '/rooms/quay/messages')).items as unknown[]).length
    const before = await count()
    await say(ben, '/dance')
    await toast(ben, /There is no command .*\/dance/).waitFor()
    expect(await composer(ben).inputValue()).toBe('/dance')
    await say(ben, '/topic Mine')
    await toast(ben, /You can't use .*\/topic.* here/).waitFor()
    await say(ben, '/me')
    await toast(ben, /Write it like this: .*\/me waves/).waitFor()
    expect(await count()).toBe(before)
    await say(ben, '//dance')
    await said(cleo, '/dance').waitFor()
    await say(ben, '/etc/hosts is a file')
    await said(cleo, '/etc/hosts is a file').waitFor()
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})
