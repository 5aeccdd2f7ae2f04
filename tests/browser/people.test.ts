// Longer than 300 lines: the same people block, write to and look at each other in all of its tests.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { refusals } from '../../src/protocol/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, backToList, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const hostile = `<b onclick="document.title='owned'">Cleo</b>`

describe.skipIf(!browserIsThere())('people, for two at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: hostile }, faults)
    await ben.api('POST', '/rooms', { id: 'boats', title: 'Boats' })
    await cleo.api('PUT', '/rooms/boats/members/me')
    for (const actor of [ben, cleo]) {
      await go(actor, '#room=boats')
      await composer(actor).waitFor()
    }
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const sheet = ({ page }: Actor, name = /./) => page.getByRole('dialog', { name })
  const rooms = ({ page }: Actor) => page.getByRole('navigation', { name: 'Rooms' })
  const panel = ({ page }: Actor) => page.getByRole('complementary', { name: 'People in this room' })
  const openCard = async (actor: Actor, name: string | RegExp) => {
    const panels = panel(actor)
    if ((await panels.count()) === 0) await actor.page.getByRole('button', { name: /\d online/ }).click()
    await panels.getByRole('button', { name }).click()
    await sheet(actor)
      .getByText(/joined/)
      .waitFor()
  }
  const close = ({ page }: Actor) => page.keyboard.press('Escape')

  test('the card of a person shows their name as text, never as markup', async () => {
    await openCard(ben, /Cleo/)
    await sheet(ben).getByRole('heading', { name: hostile }).waitFor()
    await sheet(ben).getByText('@cleo').waitFor()
    await sheet(ben).getByText('Online').waitFor()
    expect(await ben.page.locator('h2 b, aside b').count()).toBe(0)
    await close(ben)
    await openCard(cleo, /Ben/)
    await sheet(cleo).getByText('Owner').waitFor()
    expect(await sheet(cleo).getByLabel('Role').count()).toBe(0)
    expect(await sheet(cleo).getByRole('button', { name: 'Remove from room' }).count()).toBe(0)
    await close(cleo)
  })

  test('the card opens a direct room, which has the other person’s name and presence on both sides', async () => {
    await openCard(ben, /Cleo/)
    await sheet(ben).getByRole('button', { name: 'Message' }).click()
    await composer(ben).waitFor()
    await ben.page.getByRole('heading', { name: hostile }).first().waitFor()
    const direct = rooms(cleo).getByRole('link', { name: /online .*Ben/ })
    await direct.waitFor()
    await composer(ben).fill('Psst')
    await ben.page.getByRole('button', { name: /^Send/ }).click()
    await rooms(cleo)
      .getByRole('link', { name: /Ben.*1 unread/ })
      .waitFor()
    await direct.click()
    await cleo.page.getByText('Psst').waitFor()
    expect(await cleo.page.title()).toContain('Ben')
  })

  // It began with "Ben joined · Cleo joined", for which the page read its whole log.
  test('a direct room does not say that its people joined, and other rooms do', async () => {
    const direct = new URL(cleo.page.url()).hash
    const page = await cleo.page.context().newPage()
    const logs: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/log?')) logs.push(new URL(request.url()).pathname)
    })
    await page.clock.install()
    await page.goto(`${server.url}/${direct}`)
    await page.getByText('Psst').waitFor()
    await page.clock.fastForward(5000)
    await go({ ...cleo, page }, '#room=boats')
    await page.getByText(/joined/).waitFor()
    expect(logs).toEqual(['/rooms/boats/log'])
    await page.close()
  })

  test('a direct room with several people is opened by keyboard alone, by name or by whole username', async () => {
    const dan = await enter(await desk(browser), server.url, { username: 'dan', display_name: 'Dan' }, faults)
    await backToList(cleo)
    await cleo.page.getByRole('button', { name: 'New direct message' }).focus()
    await cleo.page.keyboard.press('Enter')
    await cleo.page.locator('input[role=combobox]:focus').waitFor()
    await cleo.page.keyboard.type('be')
    await cleo.page.getByRole('option', { name: /Ben/ }).waitFor()
    await cleo.page.keyboard.press('Enter')
    await cleo.page.keyboard.type('nobody.at.all')
    await cleo.page.keyboard.press('Enter')
    await cleo.page.getByText(/There's no one called/).waitFor()
    await cleo.page.getByRole('combobox').fill('')
    await cleo.page.keyboard.type('@dan')
    await cleo.page.keyboard.press('Enter')
    await cleo.page.getByRole('button', { name: /Remove .*Dan/ }).waitFor()
    await cleo.page.keyboard.press('Backspace')
    await cleo.page.getByRole('button', { name: /Remove .*Dan/ }).waitFor({ state: 'detached' })
    await cleo.page.keyboard.type('dan')
    await cleo.page.keyboard.press('Enter')
    await cleo.page.getByRole('button', { name: /Remove .*Dan/ }).waitFor()
    await cleo.page.keyboard.press('Tab')
    await cleo.page.keyboard.press('Tab')
    await cleo.page.keyboard.press('Enter')
    await composer(cleo).waitFor()
    await rooms(dan)
      .getByRole('link', { name: /Ben.* and .*Cleo/ })
      .waitFor()
    await dan.page.context().close()
  })

  // Nobody can be added to a group or leave it: people looked for both in its menu, which said "Room details".
  test('the menu of a group has its details, which say that its people are fixed, and starts another with them', async () => {
    await cleo.api('PATCH', '/users/me', { direct_from: 'everyone' })
    const gil = await enter(await desk(browser), server.url, { username: 'gil', display_name: 'Gil' }, faults)
    await cleo.page.getByRole('button', { name: 'Conversation menu' }).click()
    for (const name of ['Room details', 'Leave room'])
      expect(await cleo.page.getByRole('menuitem', { name }).count()).toBe(0)
    await cleo.page.getByRole('menuitem', { name: 'Details', exact: true }).click()
    await sheet(cleo).getByText('Nobody can be added to this group or leave it.').waitFor()
    await sheet(cleo).getByRole('button', { name: 'New group with these people' }).click()
    const group = cleo.page.getByRole('dialog', { name: 'New group' })
    for (const name of ['Ben', 'Dan'])
      await group.getByRole('button', { name: new RegExp(`Remove .*${name}`) }).waitFor()
    await group.getByRole('combobox').fill('gil')
    await group.getByRole('option').first().waitFor()
    await group.getByRole('combobox').press('Enter')
    await group.getByRole('button', { name: /Remove .*Gil/ }).waitFor()
    await group.getByRole('button', { name: 'Message' }).click()
    await group.waitFor({ state: 'detached' })
    await rooms(gil)
      .getByRole('link', { name: /Ben.*Cleo.*Dan/ })
      .waitFor()
    await gil.page.context().close()
  })

  test('a direct message that is not accepted is refused with a sentence', async () => {
    const eve = await enter(await desk(browser), server.url, { username: 'eve', display_name: 'Eve' }, faults)
    await eve.api('PATCH', '/users/me', { direct_from: 'nobody' })
    await eve.api('PUT', '/rooms/boats/members/me')
    await backToList(ben)
    await go(ben, '#room=boats')
    await openCard(ben, /Eve/)
    await sheet(ben).getByRole('button', { name: 'Message' }).click()
    await sheet(ben).getByText(refusals.person_refuses_direct.message).waitFor()
    await sheet(ben).getByRole('button', { name: 'Block' }).click()
    // One press once hid a person, without a word of what that means.
    const question = sheet(ben, /^Block .*Eve/)
    await question.getByText("You won't see what this person writes in rooms").waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    expect(await sheet(ben).getByText('You blocked this person').count()).toBe(0)
    await sheet(ben).getByRole('button', { name: 'Block' }).click()
    await question.getByRole('button', { name: 'Block' }).click()
    await sheet(ben).getByText('You blocked this person').waitFor()
    await close(ben)
    await openCard(ben, /Eve/)
    await sheet(ben)
      .getByText("You don't see what they write in rooms, and they can't send you direct messages.")
      .waitFor()
    const message = sheet(ben).getByRole('button', { name: 'Message', exact: true })
    expect(await message.getAttribute('class')).toBe('quiet')
    await sheet(ben).getByRole('button', { name: 'Unblock' }).click()
    await sheet(ben).getByRole('button', { name: 'Block', exact: true }).waitFor()
    await close(ben)
    await eve.page.context().close()
  })

  test('the owner appoints a moderator, who can then moderate', async () => {
    await go(cleo, '#room=boats')
    await openCard(cleo, /Eve/)
    expect(await sheet(cleo).getByText('Silence for').count()).toBe(0)
    await openCardNextTo()
    await sheet(cleo).getByText('Silence for').waitFor()
    expect(await sheet(cleo).getByLabel('Role').count()).toBe(0)
    await sheet(cleo).getByRole('button', { name: '10 minutes' }).click()
    await sheet(cleo)
      .getByText(/Silenced until/)
      .waitFor()
    await sheet(cleo).getByRole('button', { name: 'Unsilence' }).click()
    await sheet(cleo).getByText('Can post again.').waitFor()
    await close(cleo)

    async function openCardNextTo() {
      await openCard(ben, /Cleo/)
      await sheet(ben).getByLabel('Role').selectOption('moderator')
      await sheet(ben).getByText('Can also add, remove and silence people').waitFor()
      await close(ben)
    }
  })

  test('a silenced person sees it at once, moderators see it too, and either can be in the room first', async () => {
    const fio = await enter(await desk(browser), server.url, { username: 'fio', display_name: 'Fio' }, faults)
    await fio.api('PUT', '/rooms/boats/members/me')
    await ben.api('POST', '/rooms/boats/messages', { content: 'All aboard' })
    await go(fio, '#room=boats')
    await composer(fio).waitFor()
    const react = fio.page.getByRole('button', { name: 'React', exact: true })
    await fio.page.getByText('All aboard').hover()
    await react.waitFor()
    await openCard(ben, /Fio/)
    await sheet(ben).getByRole('button', { name: '1 hour' }).click()
    await sheet(ben)
      .getByText(/Silenced until/)
      .waitFor()
    await ben.page.locator('dialog button:focus', { hasText: 'Unsilence' }).waitFor()
    await fio.page.getByText('A moderator silenced you.').waitFor()
    expect(await composer(fio).count()).toBe(0)
    // The lines were drawn before the silence, and remembered what could be done with them.
    await react.waitFor({ state: 'detached' })
    await expect(fio.api('POST', '/rooms/boats/messages', { content: 'Mmmf' })).rejects.toThrow('silenced')
    await fio.page.reload()
    await fio.page.getByText('A moderator silenced you.').waitFor()
    // Another moderator, who was not there when it was done.
    await panel(cleo)
      .getByRole('button', { name: /Fio.*silenced/ })
      .waitFor()
    await cleo.page.reload()
    await panel(cleo)
      .getByRole('button', { name: /Fio.*silenced/ })
      .waitFor()
    await openCard(cleo, /Fio/)
    await sheet(cleo).getByRole('button', { name: 'Unsilence' }).click()
    await sheet(cleo).getByText('Can post again.').waitFor()
    await sheet(ben).getByRole('button', { name: '1 hour' }).waitFor()
    await composer(fio).waitFor()
    await fio.page.getByText('All aboard').hover()
    await react.waitFor()
    await close(cleo)
    await close(ben)
    await fio.page.context().close()
  })

  test('a moderator adds a person by username and removes them, and their page says so', async () => {
    const fay = await enter(
      await phone(browser),
      server.url,
      { username: 'fay', display_name: 'Fay' },
      faults,
    )
    // They share a room, so that she is added at once.
    for (const actor of [cleo, fay]) await actor.api('PUT', '/rooms/general/members/me')
    await panel(cleo).getByRole('button', { name: 'Add people' }).click()
    await cleo.page.getByRole('combobox').fill('fay')
    await cleo.page.getByRole('option', { name: /fay/i }).first().click()
    await cleo.page.getByRole('button', { name: 'Add', exact: true }).click()
    await rooms(fay).getByRole('link', { name: 'Boats' }).click()
    await composer(fay).waitFor()
    await cleo.page.getByText(/added \W*fay/i).waitFor()
    for (const actor of [cleo, fay]) await actor.api('DELETE', '/rooms/general/members/me')
    await openCard(cleo, /Fay/)
    await sheet(cleo).getByRole('button', { name: 'Remove from room' }).click()
    await sheet(cleo, /^Remove/)
      .getByRole('button', { name: 'Remove from room' })
      .click()
    await fay.page.getByText(/You're no longer in .?Boats/).waitFor()
    await cleo.page.getByText(/removed \W*fay/i).waitFor()
    await sheet(cleo).getByText('Not a member of this room.').waitFor()
    // Nobody says whether somebody is there who shares no room with one.
    expect(await sheet(cleo).getByText('Offline').count()).toBe(0)
    await close(cleo)
    // The line that the card was opened from is gone: the focus moves to the next one.
    await cleo.page.locator('aside button:focus').waitFor()
    await panel(ben).getByRole('button', { name: /Fay/ }).waitFor({ state: 'detached' })
    await fay.page.context().close()
  })

  test('the last owner cannot step down, and sees why', async () => {
    await openCard(ben, /Ben/)
    await sheet(ben).getByLabel('Role').selectOption('member')
    await sheet(ben).getByText(refusals.last_owner.message).waitFor()
    await sheet(ben).getByLabel('Role').selectOption('owner')
    await close(ben)
    await openCard(ben, /Cleo/)
    await sheet(ben).getByLabel('Role').selectOption('owner')
    await panel(cleo)
      .getByRole('button', { name: /Cleo.*you · Owner/ })
      .waitFor()
    await close(ben)
  })

  test('a sheet gives the focus back, and the menu opens your own card', async () => {
    await cleo.page.getByRole('button', { name: 'Your account' }).focus()
    await cleo.page.keyboard.press('Enter')
    await cleo.page.getByRole('menuitem', { name: 'Settings' }).waitFor()
    expect(await cleo.page.getByRole('menuitem', { name: 'Administration' }).count()).toBe(0)
    await cleo.page.keyboard.press('Escape')
    expect(await cleo.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Your account',
    )
    await panel(cleo).getByRole('button', { name: /Ben/ }).press('Enter')
    await sheet(cleo)
      .getByText(/joined/)
      .waitFor()
    await close(cleo)
    expect(await cleo.page.evaluate(() => document.activeElement?.textContent)).toContain('Ben')
  })

  test('nothing broke on the way', async () => {
    expect(await cleo.page.title()).not.toContain('owned')
    expect(faults).toEqual([])
  })
})
