import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { setUp, signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, backToList, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const password = 'a lantern for everyone'

describe.skipIf(!browserIsThere())('what nobody may do to you without asking', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let eve: Actor
  const faults: string[] = []

  beforeAll(async () => {
    // In this process, so that a test can make a sign-in older; with a disk that is always nearly full.
    server = await startServer({ settings: { DISK_LOW_MB: '1000000' } })
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    eve = await enter(await desk(browser), server.url, { username: 'eve', display_name: 'Eve' }, faults)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const press = ({ page }: Actor, name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).click()
  const rooms = ({ page }: Actor) => page.getByRole('navigation', { name: 'Rooms' })
  const invite = async (title: string): Promise<string> => {
    const { id } = await eve.api('POST', '/rooms', { title, access: 'closed' })
    await eve.api('PUT', `/rooms/${id}/members/ben`)
    return String(id)
  }
  let boats = ''

  test('a stranger only invites: the invitation comes by itself, and is declined or accepted', async () => {
    await invite('A trap')
    boats = await invite('Boats')
    const list = ben.page.getByRole('list', { name: 'Invitations' })
    await list.getByText('Boats').waitFor()
    await list
      .getByText(/from .*@eve/)
      .first()
      .waitFor()
    expect(
      await rooms(ben)
        .getByRole('link', { name: /Boats|trap/ })
        .count(),
    ).toBe(0)

    await press(ben, /^Decline .*A trap/)
    await list.getByText('A trap').waitFor({ state: 'detached' })
    await press(ben, /^Join .*Boats/)
    // It opens the room, and on a phone that hides the list.
    await composer(ben).waitFor()
    await backToList(ben)
    await rooms(ben).getByRole('link', { name: /Boats/ }).waitFor()
    await list.waitFor({ state: 'detached' })
    // Also after the page is loaded again.
    await ben.page.reload()
    await backToList(ben)
    await rooms(ben).getByRole('link', { name: /Boats/ }).waitFor()
    expect(await list.count()).toBe(0)
    const { items } = (await ben.api('GET', '/rooms')) as { items: { title: string; role?: string }[] }
    expect(items.filter(({ role }) => role).map(({ title }) => title)).toEqual(['Boats'])
  })

  test('what a blocked person writes is folded, before and after, and opens one by one', async () => {
    await eve.api('POST', `/rooms/${boats}/messages`, { content: 'You fool' })
    await go(ben, `#room=${boats}`)
    await composer(ben).waitFor()
    await ben.page.getByText('You fool').waitFor()
    await ben.api('PUT', '/users/me/blocks/eve')
    await ben.page.reload()
    const folded = ben.page.getByText('Message from a person you have blocked.')
    await folded.waitFor()
    expect(await ben.page.getByText('You fool').count()).toBe(0)
    await eve.api('POST', `/rooms/${boats}/messages`, { content: 'You knave' })
    await folded.nth(1).waitFor()
    expect(await ben.page.getByText(/You (fool|knave)/).count()).toBe(0)
    await ben.page.getByRole('button', { name: 'Show', exact: true }).last().click()
    await ben.page.getByText('You knave').waitFor()
    expect(await ben.page.getByText('You fool').count()).toBe(0)

    // Nor is it quoted by a reply, read aloud, or shown among the pins.
    const { items } = (await ben.api('GET', `/rooms/${boats}/messages`)) as { items: { seq: number }[] }
    const reply = { content: 'I heard that', reply_to: items.at(-1)!.seq }
    await ben.api('POST', `/rooms/${boats}/messages`, reply)
    const quote = ben.page.locator('.message', { hasText: 'I heard that' }).locator('.reply')
    await quote.getByText('Message from a person you have blocked.').waitFor()
    await eve.api('PUT', `/rooms/${boats}/pins/${items.at(-1)!.seq}`)
    await ben.page.getByRole('button', { name: /Pinned/ }).click()
    const pins = ben.page.getByRole('dialog')
    await pins.getByText('Message from a person you have blocked.').waitFor()
    expect(await pins.getByText(/You (fool|knave)/).count()).toBe(0)
    await pins.getByRole('button', { name: 'Show', exact: true }).click()
    await pins.getByText('You knave').waitFor()
    await ben.page.keyboard.press('Escape')
    const fay = await signUp(server, 'fay')
    await eve.api('PUT', `/rooms/${boats}/members/fay`)
    await rest(server, fay).post(`/users/me/invitations/${boats}/accept`)
    await eve.api('POST', `/rooms/${boats}/messages`, { content: 'Loudly now' })
    await rest(server, fay).post(`/rooms/${boats}/messages`, { content: 'Quietly now' })
    const aloud = ben.page.locator('[aria-live=polite]', { hasText: 'Quietly now' })
    await aloud.waitFor({ state: 'attached' })
    expect(await aloud.innerText()).not.toContain('Loudly')
    // Nobody else sees anything of it.
    await go(eve, `#room=${boats}`)
    await eve.page.getByText('You knave').first().waitFor()
    await ben.api('DELETE', '/users/me/blocks/eve')
    await ben.page.reload()
    await ben.page.getByText('You fool').waitFor()
    expect(await folded.count()).toBe(0)
  })

  test('a person who signed in long ago gives the password for another email address, and to delete the account', async () => {
    await server.tools.sql.query(`update sessions set created_at = now() - interval '11 minutes'`)
    await go(ben, '#settings')
    const email = ben.page.getByLabel('Email')
    const current = ben.page.getByLabel('Current password')
    await email.fill('ben@elsewhere.example')
    expect(await current.count()).toBe(0)
    await press(ben, 'Save')
    await current.fill('not it')
    await press(ben, 'Save')
    await ben.page.getByText('That is not right.').waitFor()
    await current.fill(password)
    await press(ben, 'Save')
    await ben.page.getByText('Saved.').waitFor()
    await current.waitFor({ state: 'detached' })
    expect((await ben.api('GET', '/users/me')).email).toBe('ben@elsewhere.example')

    await go(eve, '#settings=account')
    const erase = eve.page.locator('form', { hasText: 'Enter your username to confirm' })
    const sure = async () => {
      await erase.getByRole('button', { name: 'Delete account' }).click()
      await eve.page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
    }
    await erase.getByLabel('Enter your username to confirm').fill('eve')
    await sure()
    await erase.getByLabel('Current password').waitFor()
    expect((await eve.api('GET', '/users/me')).username).toBe('eve')
    await erase.getByLabel('Current password').fill(password)
    await sure()
    await eve.page.getByText('The account was deleted.').waitFor()
  })

  test('an administrator reads that the disk is nearly full', async () => {
    await setUp(server, 'ada')
    const { token } = await rest(server)
      .post('/auth/login', { username: 'ada', password: 'the password of ada' })
      .then(({ body }) => ({ token: body.access_token as string }))
    await rest(server, { token }).put('/users/ben/roles/admin', {})
    await go(ben, '#admin')
    await ben.page.getByText("The server's disk is nearly full.").waitFor()
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))
})
