import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { refusals } from '../../src/protocol/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, launchWholeBrowser, phone } from './support.ts'

const password = 'a lantern for everyone'
const hostile = `<img src=x onerror="document.title='owned'"> & "sons"`

describe.skipIf(!browserIsThere())('your account, on a phone and on a desktop', () => {
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

  const press = ({ page }: { page: Page }, name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).click()
  /** Another device of somebody who is in. */
  const elsewhere = async ({ username }: Actor, secret = password) => {
    const page = await (await desk(browser)).newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(server.url)
    await signIn(page, username, secret)
    return page
  }
  const signIn = async (page: Page, username: string, secret: string) => {
    await page.getByLabel('Username or email').fill(username)
    await page.getByLabel('Password').fill(secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Rooms' }).waitFor()
  }

  test('the settings are in the account menu, and every page of them is there', async () => {
    await press(ben, 'Your account')
    await ben.page.getByRole('menuitem', { name: 'Settings' }).click()
    for (const name of [
      'Appearance and language',
      'Notifications',
      'Sessions',
      'Blocked people',
      'API tokens',
      'Account',
      'Profile',
    ]) {
      const tab = ben.page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name })
      await tab.click()
      await ben.page.locator('.tabs [aria-current="page"]', { hasText: name }).waitFor()
      const [left, right] = await tab.evaluate((link) => {
        const box = link.getBoundingClientRect()
        return [box.left, box.right]
      })
      expect([name, left! >= 0, right! <= 390]).toEqual([name, true, true])
    }
  })

  test('a new name shows on every device at once; a taken address shows an error at its field', async () => {
    const other = await elsewhere(ben)
    await ben.page.getByLabel('Name', { exact: true }).fill(hostile)
    await ben.page.getByLabel('Email').fill('cleo@example.org')
    await press(ben, 'Save')
    await ben.page.getByText('That is taken. Please choose another.').waitFor()
    await ben.page.getByLabel('Email').fill('benjamin@example.org')
    await ben.page.getByLabel('No one').check()
    await press(ben, 'Save')
    await ben.page.getByText('Saved.').waitFor()
    expect(await ben.page.getByText('That is taken').count()).toBe(0)
    await other.locator('footer').getByText(hostile).waitFor()
    expect(await other.locator('footer img').count()).toBe(0)
    await expect(cleo.api('POST', '/directs', { usernames: ['ben'] })).rejects.toThrow('403')
    await ben.page.reload()
    expect(await ben.page.getByLabel('Name', { exact: true }).inputValue()).toBe(hostile)
    expect(await ben.page.getByLabel('No one').isChecked()).toBe(true)
    await ben.page.getByLabel('Name', { exact: true }).fill('   ')
    await press(ben, 'Save')
    await ben.page.getByText('Please fill this in.').waitFor()
    await other.context().close()
  })

  test('colours, contrast and language hold at once, and after a reload', async () => {
    await go(cleo, '#settings=look')
    await cleo.page.getByLabel('Dark').check()
    await cleo.page.getByLabel('High').check()
    await cleo.page.getByLabel('Deutsch').check()
    const root = () =>
      cleo.page.evaluate(() => {
        const { lang, dataset } = document.documentElement
        return [lang, dataset.look, dataset.contrast]
      })
    expect(await root()).toEqual(['de', 'dark', 'more'])
    await cleo.page.reload()
    await cleo.page.getByLabel('Deutsch').waitFor()
    expect(await root()).toEqual(['de', 'dark', 'more'])
    await cleo.page.getByLabel('English').check()
    await cleo.page.getByLabel('Light').check()
    expect((await root()).slice(0, 2)).toEqual(['en', 'light'])
  })

  test('a click asks for notifications; if the browser refuses them, the page says so and they stay off', async () => {
    const whole = await launchWholeBrowser()
    const nora = await enter(
      await desk(whole),
      server.url,
      { username: 'nora', display_name: 'Nora' },
      faults,
    )
    await go(nora, '#settings=notices')
    const notices = nora.page.getByRole('group', { name: 'Notifications' })
    await notices.getByLabel('Direct messages and mentions').click()
    await nora.page.getByText('Your browser blocks notifications from this site.').waitFor()
    expect(await notices.getByLabel('Off').isChecked()).toBe(true)
    await nora.page.context().grantPermissions(['notifications'])
    await nora.page.reload()
    await notices.getByLabel('Direct messages and mentions').click()
    await nora.page.waitForFunction(() => localStorage.getItem('parley.notices') === 'on')
    expect(await notices.getByLabel('Direct messages and mentions').isChecked()).toBe(true)
    await nora.page.getByLabel('Quiet sound').check()
    expect(await nora.page.evaluate(() => localStorage.getItem('parley.sound'))).toBe('on')
    await notices.getByLabel('Off').check()
    await whole.close()
  })

  test('a session that is ended from here goes to the sign-in page there, with a sentence', async () => {
    const others = [await elsewhere(cleo), await elsewhere(cleo), await elsewhere(cleo)]
    await go(cleo, '#settings=sessions')
    const list = cleo.page.locator('.entries .entry')
    await list.nth(3).waitFor()
    expect(await list.getByText('This session').count()).toBe(1)
    expect(await list.filter({ hasText: /Chrome\W* on \W*Linux/ }).count()).toBe(4)
    await list.getByRole('button').first().click()
    await list.nth(3).waitFor({ state: 'detached' })
    await Promise.any(others.map((page) => page.getByText('You were signed out').waitFor()))
    await press(cleo, 'Sign out all other sessions')
    await cleo.page.getByText("You'll have to sign in again on all other devices and browsers.").waitFor()
    await cleo.page.getByRole('dialog').getByRole('button', { name: 'Sign out all other sessions' }).click()
    await list.nth(1).waitFor({ state: 'detached' })
    await Promise.all(others.map((page) => page.getByText('You were signed out').waitFor()))
    expect(await cleo.page.getByRole('button', { name: 'Sign out all other sessions' }).count()).toBe(0)
    for (const page of others) await page.context().close()
  })

  test('tabs that are opened together renew their session one after the other, and all stay signed in', async () => {
    const context = cleo.page.context()
    let [now, most] = [0, 0]
    await context.route('**/auth/refresh', async (route) => {
      most = Math.max(most, ++now)
      const response = await route.fetch()
      await Bun.sleep(50)
      now--
      await route.fulfill({ response })
    })
    const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()))
    // As after a night: the access cookie's time is over.
    await context.addInitScript(() => localStorage.removeItem('parley.lease'))
    await Promise.all(tabs.map((page) => page.goto(server.url)))
    for (const page of tabs) await page.getByRole('navigation', { name: 'Rooms' }).waitFor()
    expect(most).toBe(1)
    await context.unroute('**/auth/refresh')
    for (const page of tabs) await page.close()
    await cleo.page.reload()
    await cleo.page.getByRole('navigation', { name: 'Rooms' }).waitFor()
  })

  test('blocked people are listed and can be unblocked', async () => {
    await go(ben, '#settings=blocked')
    await ben.page.getByText("You haven't blocked anyone.").waitFor()
    await ben.api('PUT', '/users/me/blocks/cleo')
    await go(ben, '#settings=profile')
    await go(ben, '#settings=blocked')
    await press(ben, /Unblock .*Cleo/)
    await ben.page.getByText("You haven't blocked anyone.").waitFor()
    expect((await ben.api('GET', '/users/me/blocks')).items).toEqual([])
  })

  test('a token is shown once, has the chosen scopes, and ends when it is revoked', async () => {
    const { page } = ben
    await go(ben, '#settings=tokens')
    await page.getByLabel('Token name').fill(hostile)
    await page.getByLabel('Read rooms and messages').uncheck()
    await press(ben, 'Create token')
    await page.getByText('Choose at least one.').waitFor()
    await page.getByLabel('Read rooms and messages').check()
    expect(await page.getByLabel('Everything an administrator can do').count()).toBe(0)
    await page.getByLabel('Expires after').selectOption({ label: '30 days' })
    await press(ben, 'Create token')
    await page.locator('.entry', { hasText: hostile }).waitFor()
    expect(await page.getByLabel('Token name').inputValue()).toBe('')
    expect(await page.getByLabel('Expires after').locator('option:checked').innerText()).toBe('1 year')
    const token = await page.getByLabel('New token').inputValue()
    const ask = async (path: string, method = 'GET') =>
      (await fetch(server.url + path, { method, headers: { authorization: `Bearer ${token}` } })).status
    expect([await ask('/users/me'), await ask('/rooms/general/members/me', 'PUT')]).toEqual([200, 403])
    expect(await page.getByLabel('New token').evaluate((input) => document.activeElement === input)).toBe(
      true,
    )
    await page.reload()
    await page.locator('.entry', { hasText: hostile }).waitFor()
    expect(await page.getByLabel('New token').count()).toBe(0)
    // As the page sees it in a month: what has ended is neither listed nor counted.
    const later = await page.context().newPage()
    await later.clock.setFixedTime(Date.now() + 31 * 24 * 3_600_000)
    await later.goto(`${server.url}/#settings=tokens`)
    await later.getByText('No active tokens.').waitFor()
    expect(await later.locator('.entry', { hasText: hostile }).count()).toBe(0)
    await later.close()
    await press(ben, /^Revoke/)
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText('No active tokens.').waitFor()
    expect(await ask('/users/me')).toBe(401)
  })

  test('a new password ends every other session, which shows why', async () => {
    const other = await elsewhere(ben)
    await go(ben, '#settings=account')
    const change = async (now: string, next: string) => {
      await ben.page.getByLabel('Current password').fill(now)
      await ben.page.getByLabel('New password').fill(next)
      await press(ben, 'Change password')
    }
    await change('not my password', 'another lantern')
    await ben.page.getByText('That is not right.').waitFor()
    await change(password, 'ben')
    await ben.page.getByText('At least 8 characters, please.').waitFor()
    await change(password, 'another lantern')
    await ben.page.getByText('Password changed. Your other sessions were signed out.').waitFor()
    expect(await ben.page.getByLabel('New password').inputValue()).toBe('')
    await other.getByText('The password of this account was changed.').waitFor()
    await signIn(other, 'ben', 'another lantern')
    await other.context().close()
  })

  test('erasing the account shows the sign-in page with a sentence, here and elsewhere, and deletes messages if chosen', async () => {
    const other = await elsewhere(ben, 'another lantern')
    await cleo.api('PUT', '/rooms/general/members/me')
    await ben.api('PUT', '/rooms/general/members/me')
    await ben.api('POST', '/rooms/general/messages', { content: 'Remember me' })
    await ben.page.getByLabel('Delete them too').check()
    await press(ben, 'Delete account')
    await ben.page.getByText('Please fill this in.').waitFor()
    const name = ben.page.getByLabel('Enter your username to confirm')
    await name.fill('cleo')
    await press(ben, 'Delete account')
    await ben.page.getByText(/Your username is/).waitFor()
    expect(await ben.page.getByRole('dialog').count()).toBe(0)
    await name.fill(' @Ben')
    await press(ben, 'Delete account')
    await ben.page.getByText("You can't undo this.").waitFor()
    expect(await ben.page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await ben.page.keyboard.press('Escape')
    await press(ben, 'Delete account')
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click()
    await ben.page.getByText('The account was deleted.').waitFor()
    await other.getByText('The account was deleted.').waitFor()
    const { items } = (await cleo.api('GET', '/rooms/general/messages')) as {
      items: { content: string; deleted_at?: string }[]
    }
    expect(items.map(({ content, deleted_at }) => [content, deleted_at !== undefined])).toEqual([['', true]])
    await ben.page.getByLabel('Username or email').fill('ben')
    await ben.page.getByLabel('Password').fill('another lantern')
    await press(ben, 'Sign in')
    await ben.page.getByText(refusals.wrong_login.message).waitFor()
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})
