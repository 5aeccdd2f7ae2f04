import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, backToList, composer, enter, go, openMenu } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const hostile = `<img src=x onerror="document.title='owned'"> & "sons"`

describe.skipIf(!browserIsThere())('rooms, for two people at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const sheet = ({ page }: Actor, name = /./) => page.getByRole('dialog', { name })
  const row = ({ page }: Actor, name: string | RegExp) =>
    page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name })

  test('a new user is offered the open rooms, and joins one', async () => {
    await ben.page.getByText('You can join these').waitFor()
    await ben.page.getByRole('button', { name: /General/ }).click()
    await composer(ben).waitFor()
    await backToList(ben)
    await row(ben, 'General').waitFor()
    expect(await ben.page.getByText('You can join these').count()).toBe(0)
  })

  test('a room gets its address from its title; a taken address shows an error at the field', async () => {
    await ben.page.getByRole('button', { name: 'Create a room' }).click()
    const { page } = ben
    await page.getByLabel('Name', { exact: true }).fill('Boats & Sails')
    expect(await page.getByLabel('Address').inputValue()).toBe('boats-sails')
    await page.getByLabel('Address').fill('general')
    await page.getByLabel('Name', { exact: true }).fill('Boats')
    expect(await page.getByLabel('Address').inputValue()).toBe('general')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByText('This address is taken.').waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Boats')
    expect(await page.getByLabel('Administrators only').count()).toBe(0)
    await page.getByLabel('Address').fill('boats')
    await page.getByLabel('Description').fill(hostile)
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await composer(ben).waitFor()
    expect(await page.locator('main header').innerText()).toContain(hostile)
  })

  test('the other finds it by browsing, reads what it is about, and joins', async () => {
    await cleo.page.getByRole('link', { name: 'Browse all rooms' }).click()
    await cleo.page.getByRole('searchbox').fill('boäts')
    await cleo.page.getByText('1 room').waitFor()
    await cleo.page.getByText(hostile).waitFor()
    await cleo.page.getByRole('searchbox').fill('there is nothing like it')
    await cleo.page.getByText('0 rooms').waitFor()
    await cleo.page.getByRole('searchbox').fill('')
    await cleo.page.getByRole('button', { name: /Join .*Boats/ }).click()
    await composer(cleo).waitFor()
    await row(cleo, 'Boats').waitFor()
    await ben.page.getByText('2 online').waitFor()
    expect(await cleo.page.locator('main img').count()).toBe(0)
  })

  test('unread messages are counted, a mention louder, and muting makes quiet', async () => {
    await go(cleo, '#room=general')
    await cleo.page.getByRole('button', { name: 'Join this room' }).click()
    await composer(cleo).waitFor()
    await ben.api('POST', '/rooms/boats/messages', { content: 'Ahoy' })
    await row(cleo, /Boats.*1 unread/).waitFor()
    await ben.api('POST', '/rooms/boats/messages', { content: 'Ahoy @cleo' })
    await row(cleo, /Boats.*1 mention/).waitFor()
    expect(await cleo.page.title()).toStartWith('(2)')
    await row(cleo, /Boats/).click()
    await composer(cleo).waitFor()
    await row(cleo, /^Boats$/).waitFor()

    await cleo.page.getByRole('button', { name: 'Room menu' }).click()
    await cleo.page.getByRole('menuitemcheckbox', { name: 'Mute' }).click()
    await sheet(cleo, /Mute/).getByRole('button', { name: 'Until you end it' }).click()
    await go(cleo, '#room=general')
    await ben.api('POST', '/rooms/boats/messages', { content: 'Ahoy again, @cleo' })
    await row(cleo, /Boats.*1 unread/).waitFor()
    expect(await row(cleo, /Boats/).getAttribute('class')).not.toContain('unread')
    expect(await cleo.page.title()).not.toContain('(')
    await cleo.api('PUT', '/rooms/boats/notifications', { level: 'all' })
  })

  test('a favourite is first in the list, under its own heading, on all devices at once', async () => {
    const heading = () => cleo.page.getByRole('button', { name: 'Favourites' })
    const first = () => cleo.page.getByRole('navigation', { name: 'Rooms' }).locator('section').first()
    await go(cleo, '#room=boats')
    expect(await heading().count()).toBe(0)
    await cleo.page.getByRole('button', { name: 'Room menu' }).click()
    await cleo.page.getByRole('menuitemcheckbox', { name: 'Favourite', checked: false }).click()
    await heading().waitFor()
    await first().getByRole('link', { name: /Boats/ }).waitFor()
    await cleo.page.getByRole('button', { name: 'Room menu' }).click()
    await cleo.page.getByRole('menuitemcheckbox', { name: 'Favourite', checked: true }).waitFor()
    await cleo.page.keyboard.press('Escape')
    // As another device of hers does.
    await cleo.api('PUT', '/rooms/boats/favourite', { favourite: false })
    await heading().waitFor({ state: 'detached' })
    await row(cleo, /Boats/).waitFor()
  })

  test('the owner changes it, and the other sees that at once; others are not offered to', async () => {
    await go(ben, '#room=boats')
    await go(cleo, '#room=boats')
    await openMenu(cleo, 'Room menu', 'Room details')
    await sheet(cleo).getByRole('heading', { name: 'Boats' }).waitFor()
    for (const act of ['Archive', 'Delete room', 'Save'])
      expect(await sheet(cleo).getByRole('button', { name: act }).count()).toBe(0)
    await openMenu(ben, 'Room menu', 'Room details')
    await sheet(ben).getByLabel('Name', { exact: true }).fill(`Ships ${hostile}`)
    const whoCanPost = () => sheet(ben).getByRole('group', { name: 'Who can post' })
    await whoCanPost().getByLabel('Moderators only').check()
    await sheet(ben).getByLabel('Slow mode').selectOption({ label: '30 seconds' })
    await sheet(ben).getByRole('button', { name: 'Save' }).click()
    await sheet(ben).getByText('Saved.').waitFor()
    await sheet(cleo)
      .getByRole('heading', { name: `Ships ${hostile}` })
      .waitFor()
    await sheet(cleo).getByText('30 seconds between messages').waitFor()
    await cleo.page.keyboard.press('Escape')
    await cleo.page.getByText('Only moderators can post here.').waitFor()
    await whoCanPost().getByLabel('All members').check()
    await sheet(ben).getByLabel('Slow mode').selectOption({ label: 'Off' })
    await sheet(ben).getByLabel('Name', { exact: true }).fill('Ships')
    await sheet(ben).getByRole('button', { name: 'Save' }).click()
    await composer(cleo).waitFor()
    expect(await cleo.page.title()).not.toContain('owned')
  })

  test('an archived room can be read, and comes back', async () => {
    await sheet(ben).getByRole('button', { name: 'Archive' }).click()
    await sheet(ben, /^Archive/)
      .getByRole('button', { name: 'Archive' })
      .click()
    await cleo.page.getByText('This room is archived and read-only.').waitFor()
    await cleo.page.getByRole('button', { name: 'Archived' }).waitFor()
    await row(cleo, /Ships/).waitFor()
    await sheet(ben).getByRole('button', { name: 'Unarchive' }).click()
    await composer(cleo).waitFor()
    await ben.page.keyboard.press('Escape')
  })

  test('a private room is entered by a link that counts and can be revoked', async () => {
    await cleo.page.getByRole('button', { name: 'Create a room' }).click()
    await cleo.page.getByLabel('Name', { exact: true }).fill('Crew')
    await cleo.page.getByLabel('Invited people only').check()
    expect(await cleo.page.getByLabel('Address').isVisible()).toBe(false)
    await cleo.page.getByRole('button', { name: 'Create', exact: true }).click()
    await cleo.page.getByRole('heading', { name: 'Crew' }).first().waitFor()

    await openMenu(cleo, 'Room menu', 'Invite by link')
    await sheet(cleo, /Invite to .*Crew/)
      .getByLabel('Maximum uses')
      .selectOption('1')
    await cleo.page.getByRole('button', { name: 'Create link' }).click()
    const link = await cleo.page.getByLabel('Invite link').inputValue()
    expect(link).toStartWith(`${server.url}/#invite=`)
    await cleo.page.getByText('used 0 of 1 times').waitFor()
    await cleo.page.keyboard.press('Escape')

    await go(ben, new URL(link).hash)
    await ben.page.getByText('cleo⁩ invited you to this room.').waitFor()
    await ben.page.getByRole('button', { name: 'Join' }).click()
    await composer(ben).waitFor()
    await cleo.page.getByText('2 online').waitFor()
    // As her page sees it after the end of the link, which Cleo needs no more.
    const later = await cleo.page.context().newPage()
    const invites = `/rooms/${new URLSearchParams(new URL(cleo.page.url()).hash.slice(1)).get('room')}/invites`
    const { id, code } = await cleo.api('POST', invites, { expires_in: 3600 })
    await later.goto(`${server.url}/#invite=${code}`)
    await later.getByText(/expires on/).waitFor()
    await later.clock.setFixedTime(Date.now() + 24 * 3_600_000)
    await later.evaluate(() => location.assign('#list'))
    await later.evaluate((code) => location.assign(`#invite=${code}`), String(code))
    await later.getByText("You're already a member.").waitFor()
    expect(await later.getByText(/expires on/).count()).toBe(0)
    await later.getByRole('button', { name: 'Open room' }).click()
    await later.getByRole('heading', { name: 'Crew' }).first().waitFor()
    await later.close()
    await cleo.api('DELETE', `${invites}/${id}`)

    const other = await enter(await phone(browser), server.url, { username: 'dan' }, faults)
    await go(other, new URL(link).hash)
    await other.page.getByText('It may have expired.').waitFor()
    await openMenu(cleo, 'Room menu', 'Invite by link')
    await cleo.page.getByRole('button', { name: 'Create link' }).click()
    const second = await cleo.page.getByLabel('Invite link').inputValue()
    await cleo.page.getByRole('button', { name: 'Revoke' }).click()
    await cleo.page.getByText('No active links.').waitFor()
    await cleo.page.keyboard.press('Escape')
    await go(other, new URL(second).hash)
    await other.page.getByText('It may have expired.').waitFor()
    await other.page.context().close()
  })

  test('leaving a private room needs a confirmation; its only owner is shown why they cannot leave', async () => {
    await openMenu(ben, 'Room menu', 'Leave room')
    await ben.page.getByText("You'll need an invitation to come back.").waitFor()
    await ben.page.getByRole('button', { name: 'Cancel' }).click()
    await composer(ben).waitFor()
    await openMenu(ben, 'Room menu', 'Leave room')
    await sheet(ben).getByRole('button', { name: 'Leave room' }).click()
    await row(ben, /Ships/).waitFor()
    await row(ben, /Crew/).waitFor({ state: 'detached' })
    await cleo.page.getByText('1 online').waitFor()
    await openMenu(cleo, 'Room menu', 'Leave room')
    await sheet(cleo).getByRole('button', { name: 'Leave room' }).click()
    await cleo.page.getByText('You are the last owner of this room.').waitFor()
  })

  test('deleting asks for the name again, and everyone sees that the room is gone', async () => {
    await go(ben, '#room=boats')
    await go(cleo, '#room=boats')
    await composer(cleo).waitFor()
    await openMenu(ben, 'Room menu', 'Room details')
    await sheet(ben).getByRole('button', { name: 'Delete room' }).click()
    await sheet(ben)
      .getByLabel(/Enter the room name/)
      .fill('Boots')
    await sheet(ben).getByRole('button', { name: 'Delete room' }).click()
    await sheet(ben)
      .getByText(/The name is/)
      .waitFor()
    await sheet(ben)
      .getByLabel(/Enter the room name/)
      .fill('ships ')
    await sheet(ben).getByRole('button', { name: 'Delete room' }).click()
    await row(ben, 'General').waitFor()
    await cleo.page.getByText(/Ships.* was deleted/).waitFor()
    expect(await row(cleo, /Ships/).count()).toBe(0)
  })

  test('sections fold by keyboard and stay folded; unread rooms in them stay visible', async () => {
    await cleo.page.getByRole('button', { name: 'Rooms', exact: true }).focus()
    await cleo.page.keyboard.press('Enter')
    await row(cleo, 'General').waitFor({ state: 'detached' })
    await cleo.page.reload()
    await cleo.page.getByRole('button', { name: 'Rooms', exact: true, expanded: false }).waitFor()
    await ben.api('POST', '/rooms/general/messages', { content: 'Anybody?' })
    await row(cleo, /General.*1 unread/).waitFor()
    await cleo.page.getByRole('button', { name: 'Rooms', exact: true }).press('Enter')
    await row(cleo, /Crew/).waitFor()
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})
