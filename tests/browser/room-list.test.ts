// Longer than 300 lines: everything that the list of rooms shows and does, with one server for all of it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { passwordOf, signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, backToList, composer, enterAgain, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('the list of rooms, at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  /** The same person on a phone. */
  let onPhone: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    // Before the pages are open, so that these do not follow each of forty new rooms.
    const [bens, cleos] = [await signUp(server, 'ben'), await signUp(server, 'cleo')]
    const moles = Array.from({ length: 35 }, (_, n) => ({ id: `m${n + 10}`, title: `Mole ${n + 10}` }))
    for (const room of [{ id: 'quay', title: 'Quay' }, { id: 'zenith', title: 'Zenith' }, ...moles])
      await rest(server, bens).post('/rooms', room)
    for (const room of ['quay', 'zenith', 'm11', 'm44'])
      await rest(server, cleos).put(`/rooms/${room}/members/me`)
    const enter = async (context: BrowserContext, name: string) =>
      enterAgain(context, server.url, name, faults, passwordOf(name))
    ben = await enter(await desk(browser), 'ben')
    cleo = await enter(await desk(browser), 'cleo')
    onPhone = await enter(await phone(browser), 'ben')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const list = ({ page }: Actor) => page.getByRole('navigation', { name: 'Rooms', exact: true })
  const row = (actor: Actor, name: string | RegExp) => list(actor).getByRole('link', { name })
  const say = (actor: Actor, room: string, content: string, more = {}) =>
    actor.api('POST', `/rooms/${room}/messages`, { content, ...more })

  test('the list names only the views that have something, with what is new in them', async () => {
    await row(ben, 'Quay').waitFor()
    // The palette finds rooms.
    expect(await list(ben).getByRole('searchbox').count()).toBe(0)
    for (const name of [/^For you/, /^Threads/, /^Saved/, /^Drafts/])
      expect(await row(ben, name).count()).toBe(0)

    const { seq } = await say(ben, 'quay', 'Who has the keys?')
    await say(cleo, 'quay', 'I do, @ben', { reply_to: seq })
    for (const actor of [ben, onPhone]) {
      await row(actor, /^For you 1 mention/).waitFor()
      await row(actor, /^Threads 1 thread/).waitFor()
    }
    await ben.api('PUT', `/rooms/quay/messages/${seq}/saved`)
    for (const actor of [ben, onPhone]) await row(actor, 'Saved 1').waitFor()

    // What is read stays where it can be found again.
    await ben.api('PUT', '/rooms/quay/read', { seq: (seq as number) + 1 })
    for (const actor of [ben, onPhone])
      for (const name of ['For you', 'Threads']) await row(actor, new RegExp(`^${name}$`)).waitFor()
  })

  test('the views that had something are there before the server has said so, until you sign out', async () => {
    const { page } = onPhone
    await page.route(/\/(mentions|threads|saved)\?/, () => {})
    await page.reload()
    for (const name of ['For you', 'Threads', 'Saved']) await row(onPhone, new RegExp(`^${name}`)).waitFor()
    await page.unrouteAll()
    const kept = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('.had ')))
    expect(await kept()).toHaveLength(3)
    await page.getByRole('button', { name: 'Your account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await kept()).toEqual([])
    await onPhone.page.context().close()
    onPhone = await enterAgain(await phone(browser), server.url, 'ben', faults, passwordOf('ben'))
    for (const name of ['For you', 'Threads']) await row(onPhone, new RegExp(`^${name}$`)).waitFor()
  })

  test('what is written and not sent is listed under Drafts until it is sent', async () => {
    for (const actor of [ben, onPhone]) {
      await go(actor, '#room=quay')
      await composer(actor).fill('Half a *thought*')
      await backToList(actor)
      await row(actor, 'Drafts 1').click()
      const line = actor.page.getByRole('list', { name: 'Drafts' }).getByRole('link', { name: /Quay/ })
      await line.getByText('Half a *thought*').waitFor()
      expect(await problems(actor.page, 'drafts')).toEqual([])
      await line.click()
      await composer(actor).waitFor()
      // Where you write now is no news to you.
      expect(await row(actor, /^Drafts/).count()).toBe(0)
      expect(await composer(actor).inputValue()).toBe('Half a *thought*')
      await composer(actor).fill('')
      await go(actor, '#drafts')
      await actor.page.getByText('No drafts.').waitFor()
      await backToList(actor)
      expect(await row(actor, /^Drafts/).count()).toBe(0)
    }
  })

  test('unread rooms out of sight are announced at the edge, and a press leads to the nearest', async () => {
    for (const room of ['m11', 'm44']) await say(cleo, room, 'Ahoy')
    for (const actor of [ben, onPhone]) {
      await backToList(actor)
      // Quay was in view, which is far down.
      await list(actor).evaluate((element) => element.scrollTo(0, 0))
      const pill = (name: string) => list(actor).locator('..').getByRole('button', { name })
      await pill('1 unread below').waitFor()
      expect(await problems(actor.page, 'pills')).toEqual([])
      await pill('1 unread below').click()
      await pill('1 unread above').waitFor()
      expect(await pill('1 unread below').count()).toBe(0)
      expect(await row(actor, /^Mole 44/).evaluate((element) => element === document.activeElement)).toBe(
        true,
      )
      await pill('1 unread above').click()
      await pill('1 unread below').waitFor()
      expect(await pill('1 unread above').count()).toBe(0)
    }
    // One that means you is louder.
    await say(cleo, 'zenith', '@ben, look up')
    for (const actor of [ben, onPhone])
      await actor.page.locator('.beyond.is-below.is-loud', { hasText: '2 unread below' }).waitFor()
    await ben.api('PUT', '/rooms/m44/read', { seq: 3 })
    for (const actor of [ben, onPhone])
      await actor.page.locator('.beyond.is-below.is-loud', { hasText: '1 unread below' }).waitFor()
  })

  const section = (actor: Actor, name: string) => list(actor).getByRole('region', { name, exact: true })
  const openMenu = async ({ page }: Actor, menu: string | RegExp, choice: string) => {
    await page.getByRole('button', { name: menu, exact: true }).click()
    await page.getByRole('menuitem', { name: choice, exact: true }).click()
  }
  const sheet = ({ page }: Actor) => page.getByRole('dialog')

  test.each(['desk', 'phone'])(
    'at a %s, rooms are moved into sections, which are named, ordered and deleted',
    async (device) => {
      const [actor, other] = device === 'desk' ? [ben, onPhone] : [onPhone, ben]
      await backToList(other)
      await go(actor, '#room=quay')
      await openMenu(actor, 'Room menu', 'Move to section')
      await sheet(actor).getByLabel('New section').fill('Harbour')
      await sheet(actor).getByRole('button', { name: 'Create' }).click()
      await sheet(actor).waitFor({ state: 'detached' })
      for (const each of [actor, other]) {
        await backToList(each)
        await section(each, 'Harbour').getByRole('link', { name: /^Quay/ }).waitFor()
        expect(await section(each, 'Rooms').getByRole('link', { name: /^Quay/ }).count()).toBe(0)
      }
      await openMenu(actor, 'Arrange the list', 'New section')
      // It has the focus.
      await sheet(actor).locator('input:focus').waitFor()
      await actor.page.keyboard.type('Sea')
      expect(await problems(actor.page, 'sheet')).toEqual([])
      await sheet(actor).getByRole('button', { name: 'Create' }).click()
      for (const each of [actor, other]) await section(each, 'Sea').waitFor()
      const order = async (each: Actor) =>
        (await list(each).locator('section h2').allInnerTexts()).slice(0, 2)
      expect(await order(other)).toEqual(['Harbour', 'Sea'])
      // By the keyboard alone.
      await actor.page.getByRole('button', { name: /^Section .*Sea/ }).focus()
      await actor.page.keyboard.press('Enter')
      await actor.page.getByRole('menuitem', { name: 'Rename section' }).waitFor()
      await actor.page.keyboard.press('ArrowDown')
      await actor.page.keyboard.press('Enter')
      for (const each of [actor, other])
        await list(each).locator('section').nth(1).getByRole('heading', { name: 'Harbour' }).waitFor()
      await openMenu(actor, /^Section .*Sea/, 'Rename section')
      await sheet(actor).getByLabel('Name').fill('Ocean')
      await sheet(actor).getByRole('button', { name: 'Save' }).click()
      for (const each of [actor, other]) await section(each, 'Ocean').waitFor()
      await go(actor, '#room=quay')
      await openMenu(actor, 'Room menu', 'Move to section')
      await sheet(actor).getByRole('button', { name: 'Harbour', pressed: true }).waitFor()
      await sheet(actor).getByRole('button', { name: 'Ocean', pressed: false }).click()
      for (const each of [actor, other]) {
        await backToList(each)
        await section(each, 'Ocean').getByRole('link', { name: /^Quay/ }).waitFor()
      }
      // Folded on this device.
      await section(actor, 'Ocean').getByRole('button', { name: 'Ocean', exact: true }).click()
      await section(actor, 'Ocean').getByRole('link').waitFor({ state: 'detached' })
      expect(await section(other, 'Ocean').getByRole('link').count()).toBe(1)

      await openMenu(actor, /^Section .*Ocean/, 'Delete section')
      await actor.page.getByText('Its rooms stay in your list.').waitFor()
      await sheet(actor).getByRole('button', { name: 'Delete section' }).click()
      await openMenu(actor, /^Section .*Harbour/, 'Delete section')
      for (const each of [actor, other]) {
        await section(each, 'Harbour').waitFor({ state: 'detached' })
        await section(each, 'Rooms').getByRole('link', { name: /^Quay/ }).waitFor()
      }
    },
  )

  test('rooms are sorted by activity on all devices of a person who wants that', async () => {
    const first = (actor: Actor, name: RegExp) =>
      section(actor, 'Rooms').locator('li').first().getByRole('link', { name }).waitFor()
    const choose = async ({ page }: Actor, name: string) => {
      await page.getByRole('button', { name: 'Arrange the list' }).click()
      await page.getByRole('menuitemcheckbox', { name, checked: false }).click()
    }
    for (const actor of [ben, onPhone]) await backToList(actor)
    await choose(ben, 'Sort by activity')
    await say(cleo, 'zenith', 'The sun is up')
    for (const actor of [ben, onPhone]) await first(actor, /^Zenith/)
    await say(ben, 'm20', 'Aground')
    for (const actor of [ben, onPhone]) await first(actor, /^Mole 20/)
    await onPhone.page.reload()
    await first(onPhone, /^Mole 20/)
    await choose(onPhone, 'Sort by name')
    for (const actor of [ben, onPhone]) await first(actor, /^Mole 10/)
  })

  test('a right click on a room, and the key for that, open its menu; it closes outside and gives the focus back', async () => {
    const { page } = ben
    const menu = page.getByRole('menu', { name: 'Room menu' })
    await row(ben, /^Zenith/).click({ button: 'right' })
    await menu.waitFor()
    expect(await problems(page, 'row-menu')).toEqual([])
    await row(ben, /^Quay/).click()
    await menu.waitFor({ state: 'detached' })
    await row(ben, /^Zenith/).focus()
    await page.keyboard.press('Shift+F10')
    await menu.getByRole('menuitemcheckbox', { name: 'Favourite', checked: false }).press('Enter')
    await section(ben, 'Favourites')
      .getByRole('link', { name: /^Zenith/ })
      .waitFor()
    await row(ben, /^Quay/).click({ button: 'right' })
    await page.keyboard.press('Escape')
    expect(await menu.count()).toBe(0)
    expect(await row(ben, /^Quay/).evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test('the menu of a room opens the sheets of that room, also when another room is open', async () => {
    const { page } = ben
    await row(ben, /^Zenith/).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Room details' }).click()
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).waitFor()
    expect(await page.getByRole('dialog').getByLabel('Name', { exact: true }).inputValue()).toBe('Zenith')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  // The header of a private room looked like any other, a group had no face, and both kinds of webhooks had the same picture.
  test('the header says that a room is private, a group shows how many others are in it, and each kind of webhook has its picture', async () => {
    await signUp(server, 'eve')
    const { id } = (await ben.api('POST', '/rooms', { title: 'The cellar', access: 'closed' })) as {
      id: string
    }
    await ben.api('POST', '/directs', { usernames: ['cleo', 'eve'] })
    const header = ben.page.locator('main > header')
    const sign = header.getByRole('img', { name: 'private' })
    await go(ben, `room=${id}`)
    await header.getByRole('heading', { name: 'The cellar' }).waitFor()
    await sign.waitFor()
    expect(await problems(ben.page, 'the header of a private room')).toEqual([])

    await header.getByRole('button', { name: 'Room menu' }).click()
    const drawn = (name: string) =>
      ben.page.getByRole('menuitem', { name, exact: true }).locator('path').getAttribute('d')
    expect(await drawn('Webhooks')).not.toBe(await drawn('Outgoing webhooks'))
    await ben.page.keyboard.press('Escape')

    await go(ben, 'room=quay')
    await header.getByRole('heading', { name: 'Quay' }).waitFor()
    expect(await sign.count()).toBe(0)

    const face = row(ben, /cleo.* and .*eve/).locator('.face')
    expect(await face.getAttribute('data-letter')).toBe('2')
    await row(ben, /cleo.* and .*eve/).click()
    await header.locator('.face[data-letter="2"]').waitFor()
  })

  test('at a desk its edge is dragged or moved by the keyboard, within bounds, and kept; a phone has none', async () => {
    const { page } = ben
    const edge = page.getByRole('separator', { name: 'Width of the list' })
    const is = async (wanted: number) => {
      await page.locator(`.list-edge[aria-valuenow="${wanted}"]`).waitFor()
      expect((await page.locator('.rooms').boundingBox())!.width).toBe(wanted)
    }
    expect(await onPhone.page.locator('.list-edge').isVisible()).toBe(false)
    const before = Number(await edge.getAttribute('aria-valuenow'))
    await is(before)
    const drag = async (by: number) => {
      const { x, y, width, height } = (await edge.boundingBox())!
      const middle = { x: x + width / 2, y: y + height / 2 }
      await page.mouse.move(middle.x, middle.y)
      await page.mouse.down()
      await page.mouse.move(middle.x + by, middle.y, { steps: 4 })
      await page.mouse.up()
    }
    await drag(40)
    await is(before + 40)
    await drag(500)
    await is(360)
    await drag(-500)
    await is(224)
    await edge.focus()
    await page.keyboard.press('ArrowRight')
    await is(232)
    await page.keyboard.press('ArrowLeft')
    await is(224)
    await page.keyboard.press('End')
    await is(360)
    expect(await problems(page, 'edge')).toEqual([])
    await page.reload()
    await edge.waitFor()
    await is(360)
    await edge.dblclick()
    await is(before)
  })

  test('nothing failed in the page', () => expect(faults).toEqual([]))
})
