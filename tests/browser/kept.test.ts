import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { type Actor, composer, enter, go, openMenu } from './cast.ts'
import { browserIsThere, desk, launchBrowser, type RunningServer, startServer } from './support.ts'

/* What a page that stays open must not lose, and what it must not go on showing. */
describe.skipIf(!browserIsThere())('a page that stays open', () => {
  let server: RunningServer
  let browser: Browser
  let ben: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ RATE_LIMITS: 'off' })
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    for (const id of ['quay', 'mole']) await ben.api('POST', '/rooms', { id, title: id })
    await ben.api('POST', '/rooms/quay/messages', { content: 'The tide turns at for' })
    await open('quay')
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const open = async (room: string) => {
    await go(ben, `#room=${room}`)
    await ben.page.getByRole('textbox', { name: new RegExp(`^Message .*${room}`, 'i') }).waitFor()
  }
  const written = () => composer(ben).inputValue()
  const field = (name: string) => ben.page.getByLabel(name, { exact: true })
  const line = () => ben.page.locator('.message', { hasText: 'The tide turns' })

  // The changed text was in the component, which the other room replaced.
  test('a half-changed message is there after a look into another room, and after a reload', async () => {
    await line().waitFor()
    await composer(ben).press('ArrowUp')
    await ben.page.getByText('Editing your message').waitFor()
    await composer(ben).fill('The tide turns at four, or')
    await open('mole')
    expect(await written()).toBe('')
    await open('quay')
    await ben.page.getByText('Editing your message').waitFor()
    expect(await written()).toBe('The tide turns at four, or')
    await ben.page.reload()
    await ben.page.getByText('Editing your message').waitFor()
    expect(await written()).toBe('The tide turns at four, or')
    await composer(ben).fill('The tide turns at four')
    await composer(ben).press('Enter')
    await line()
      .getByText(/edited/)
      .waitFor()
    expect(await written()).toBe('')
  })

  test('a reply is still a reply after a reload', async () => {
    await line().hover()
    await line().getByRole('button', { name: 'Reply', exact: true }).click()
    await composer(ben).fill('Half an answer')
    await ben.page.reload()
    await ben.page.getByText(/Replying to/).waitFor()
    await composer(ben).press('Enter')
    await ben.page
      .locator('.message', { hasText: 'Half an answer' })
      .getByRole('button', { name: /The tide/ })
      .waitFor()
  })

  test('forms keep what was typed during a look elsewhere, and show the present state of the rest', async () => {
    await go(ben, '#settings=profile')
    await field('Name').fill('Benjamin')
    await open('mole')
    await openMenu(ben, 'Room menu', 'Room details')
    await field('Description').fill('Where boats')
    await ben.page.keyboard.press('Escape')
    await ben.api('PATCH', '/rooms/mole', { title: 'Mole' })
    await ben.page.getByRole('heading', { name: 'Mole' }).first().waitFor()
    await openMenu(ben, 'Room menu', 'Room details')
    expect(await field('Description').inputValue()).toBe('Where boats')
    expect(await field('Name').inputValue()).toBe('Mole')
    await field('Description').press('Enter')
    await ben.page.getByText('Saved').waitFor()
    expect((await ben.api('GET', '/rooms/mole')).description).toBe('Where boats')
    await ben.page.keyboard.press('Escape')

    await go(ben, '#settings=profile')
    expect(await field('Name').inputValue()).toBe('Benjamin')
    await field('Name').press('Enter')
    await ben.page.getByText('Saved').waitFor()
    await go(ben, '#browse')
    await ben.page.getByRole('searchbox', { name: 'Search by name or description' }).fill('qua')
    await open('quay')
    await go(ben, '#browse')
    expect(
      await ben.page.getByRole('searchbox', { name: 'Search by name or description' }).inputValue(),
    ).toBe('qua')
  })

  test('a password is kept by no form', async () => {
    await go(ben, '#settings=account')
    await field('Current password').fill('a lantern for everyone')
    await open('quay')
    await go(ben, '#settings=account')
    expect(await field('Current password').inputValue()).toBe('')
  })

  // The list was drawn with the day of its last message: after midnight "Today" was the day before.
  test('after midnight "Today" is yesterday, and an edit of yesterday gets its date', async () => {
    const { page } = ben
    await open('quay')
    await page.locator('.day', { hasText: 'Today' }).waitFor()
    const now = new Date()
    expect(
      await line()
        .getByText(/edited/)
        .innerText(),
    ).not.toContain(String(now.getFullYear()))
    const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 0, 0, 1)
    await page.clock.setFixedTime(tomorrow)
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await page.locator('.day', { hasText: 'Yesterday' }).waitFor()
    expect(await page.locator('.day', { hasText: 'Today' }).count()).toBe(0)
    expect(
      await line()
        .getByText(/edited/)
        .innerText(),
    ).toContain(String(now.getFullYear()))
  })

  test('nothing broke', () => expect(faults).toEqual([]))
})
