import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { refusals as reasons } from '../../src/protocol/refusals.ts'
import { waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { startLink } from './link.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const password = 'a lantern for everyone'

describe.skipIf(!browserIsThere())('the sign-in page', () => {
  let server: TestServer
  let browser: Browser
  let ada: Page
  let dan: Page
  const faults: string[] = []
  const refusals: string[] = []

  beforeAll(async () => {
    server = await startServer({ settings: { SIGNUP: 'invite', RATE_LIMITS: 'on' } })
    browser = await launchBrowser()
    ada = await stand(await desk(browser))
    dan = await stand(await phone(browser))
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const stand = async (context: BrowserContext) => {
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => {
      if (line.type() !== 'error') return
      // The browser itself writes down each refusal.
      const list = /status of 4(01|03|04|09|22|29)/.test(line.text()) ? refusals : faults
      list.push(line.text())
    })
    return page
  }
  const rooms = (page: Page) => page.getByRole('navigation', { name: 'Rooms' })
  const fill = async (page: Page, fields: Record<string, string>) => {
    for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).fill(text)
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

  test('a page that is not signed in sends one request, and opens no socket', async () => {
    await dan.goto(server.url)
    await dan.getByRole('heading', { name: 'Sign in' }).waitFor()
    // This server does not send email.
    await dan.getByText('Ask an administrator for a sign-in link.').waitFor()
    expect(refusals).toHaveLength(1)
    expect(refusals[0]).toContain('401')
  })

  test('the printed link makes the first administrator, once, and leaves no code behind', async () => {
    const link = `${server.url}/#setup=${server.setupCode}`
    await ada.goto(link)
    await ada.getByRole('heading', { name: 'Set up this server' }).waitFor()
    await ada.locator('input[name=username]:focus').waitFor()
    expect(ada.url()).toBe(`${server.url}/`)
    await fill(ada, { Username: 'ada', Email: 'ada@example.org', Password: 'password1' })
    await press(ada, 'Create administrator account')
    await ada.getByText('one of the first passwords a guesser tries').waitFor()
    expect(await ada.getByLabel('Password').evaluate((input) => document.activeElement === input)).toBe(true)
    await fill(ada, { Password: password })
    await press(ada, 'Create administrator account')
    await rooms(ada).waitFor()
    // Opened while the sign-in page is shown already.
    await dan.evaluate((address) => {
      location.hash = address
    }, new URL(link).hash)
    // The form before it has the same fields.
    await dan.getByRole('button', { name: 'Create administrator account' }).waitFor()
    await fill(dan, { Username: 'dan', Email: 'dan@example.org', Password: password })
    await press(dan, 'Create administrator account')
    await dan.getByText("This link isn't valid or has expired.").waitFor()
  })

  test('a reload sends no request for a session while the access cookie is valid, and one after it has expired', async () => {
    const renewals: string[] = []
    ada.on('request', (request) => request.url().endsWith('/auth/refresh') && renewals.push(request.url()))
    // The list of rooms is there before the page is online: it is kept in the browser.
    const lease = () => ada.evaluate(() => Number(localStorage.getItem('parley.lease')))
    const online = () => waitFor('a noted session', async () => (await lease()) > Date.now())
    const greeted = () =>
      new Promise<void>((resolve) =>
        ada.once('websocket', (socket) => socket.once('framereceived', () => resolve())),
      )
    await online()
    const greeting = greeted()
    await ada.reload()
    await greeting
    await rooms(ada).waitFor()
    expect(renewals).toEqual([])
    // Where no page runs that would note it again with the next event.
    const address = ada.url()
    await ada.goto(`${server.url}/health`)
    await ada.evaluate(() => localStorage.setItem('parley.lease', String(Date.now() - 1)))
    await ada.goto(address)
    await rooms(ada).waitFor()
    await online()
    expect(renewals).toHaveLength(1)
    // A note that promises too much: the cookies are gone.
    const cookies = await ada.context().cookies()
    await ada.context().clearCookies()
    await ada.reload()
    await ada.getByRole('heading', { name: 'Sign in' }).waitFor()
    await ada.context().addCookies(cookies)
    await ada.reload()
    await rooms(ada).waitFor()
    refusals.length = 0
    // The browser's own word for a refused socket, unless a refused request came before it.
    expect(faults.splice(0).filter((fault) => !fault.includes('HTTP Authentication failed'))).toEqual([])
  })

  test('each wrong field shows why, in the language of the page, and the first gets the focus', async () => {
    await dan.goto('about:blank')
    await dan.goto(server.url)
    await press(dan, 'Create an account')
    await press(dan, 'Create account')
    // All but the email address, which is optional.
    expect(await dan.getByText('Please fill this in.').count()).toBe(2)
    await dan.getByText('Optional. Only you and administrators can see it.').waitFor()
    expect(await dan.getByLabel('Username').evaluate((input) => document.activeElement === input)).toBe(true)
    await fill(dan, { Username: 'd', Email: 'dan', Password: 'short' })
    await press(dan, 'Create account')
    await dan.getByText('That does not look like an email address.').waitFor()
    await dan.getByText('At least 8 characters, please.').waitFor()
    // The focus comes a moment after the words; what is typed before would go along with it.
    await dan.locator('[aria-invalid=true]:focus').waitFor()
    await fill(dan, { Username: 'd!', Email: 'dan@harbour', Password: password })
    await press(dan, 'Create account')
    await dan.getByText('the first a letter or digit').waitFor()
    await dan.getByText('That does not look like an email address.').waitFor()
    expect(await dan.getByLabel('Username').inputValue()).toBe('d!')
  })

  test('the email address may be left empty, except where the server requires it', async () => {
    const [open, required] = await Promise.all([
      startServer(),
      startServer({ settings: { SIGNUP_EMAIL: 'required' } }),
    ])
    const page = await stand(await phone(browser))
    await page.goto(required.url)
    await press(page, 'Create an account')
    await page.locator('input[name=email][required]').waitFor()
    expect(await page.getByText('Optional.').count()).toBe(0)
    await page.goto(open.url)
    await press(page, 'Create an account')
    await page.getByText('Optional. Only you and administrators can see it.').waitFor()
    await fill(page, { Username: 'nomail', Password: password })
    await press(page, 'Create account')
    await rooms(page).waitFor()
    await page.context().close()
    refusals.length = 0
    await Promise.all([open.stop(), required.stop()])
  })

  test('sign-up needs an invitation, and leads to the room it is for', async () => {
    await fill(dan, { Username: 'dan', Email: 'dan@example.org' })
    await press(dan, 'Create account')
    await dan.getByText('create an account here on your own').waitFor()
    const made = await ada.request.post(`${server.url}/rooms/general/invites`, {
      headers: { origin: server.url },
      data: { expires_in: 3600 },
    })
    const { code } = (await made.json()) as { code: string }
    await dan.goto('about:blank')
    await dan.goto(`${server.url}/#invite=no-such-invitation`)
    await fill(dan, { Username: 'dan', Email: 'dan@example.org', Password: password })
    await press(dan, 'Create account')
    await dan.getByRole('alert').filter({ hasText: "This invitation isn't valid or has expired." }).waitFor()
    await dan.goto('about:blank')
    await dan.goto(`${server.url}/#invite=${code}`)
    await dan.getByText(/invites you to .*General/).waitFor()
    await fill(dan, { Username: 'Ada', Email: 'dan@example.org', Password: password })
    await press(dan, 'Create account')
    await dan.getByText('That is taken. Please choose another.').waitFor()
    await fill(dan, { Username: 'dan' })
    await press(dan, 'Create account')
    await dan.getByRole('textbox', { name: /^Message / }).waitFor()
  })

  test('signing in with a link to a message shows that message; signing out removes the address', async () => {
    const dans = dan.context().request
    const headers = { origin: server.url }
    for (const content of ['Ahoy', 'Anybody?'])
      await dans.post(`${server.url}/rooms/general/messages`, { headers, data: { content } })
    await dan.evaluate(() => {
      location.hash = '#list'
    })
    await dan.getByRole('button', { name: 'Your account' }).click()
    await dan.getByRole('menuitem', { name: 'Sign out' }).click()
    await dan.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await dan.locator('.notice').count()).toBe(0)
    expect(new URL(dan.url()).hash).toBe('#list')
    await dan.evaluate(() => {
      location.hash = '#room=general&seq=2'
    })
    await fill(dan, { 'Username or email': 'DAN@example.org', Password: 'not my password' })
    await press(dan, 'Sign in')
    await dan.getByText(reasons.wrong_login.message).waitFor()
    await fill(dan, { Password: password })
    await press(dan, 'Sign in')
    await dan.getByText('Ahoy').waitFor()
    expect(new URL(dan.url()).hash).toStartWith('#room=general')
  })

  // While a tab sleeps, somebody else may sign in from another. It came back with their name over the rooms of the other,
  // and what the other had not sent yet went out in their name.
  test('a tab that wakes while another user is signed in starts again, and sends nothing in their name', async () => {
    const link = await startLink(server.url)
    const context = await desk(browser)
    const page = await stand(context)
    const signIn = (username: string) =>
      context.request.post(`${server.url}/auth/login`, {
        headers: { origin: server.url, 'x-session': 'cookie' },
        data: { username, password },
      })
    await signIn('dan')
    await page.goto(`${link.url}/#room=general`)
    const box = page.getByRole('textbox', { name: /^Message / })
    await box.waitFor()
    link.cut()
    await page.getByText(/^You're offline|^Reconnecting/).waitFor()
    await box.fill('Only Dan would say this')
    await box.press('Enter')
    await page.getByText('Only Dan would say this').waitFor()
    await signIn('ada')
    link.mend()
    await page.locator('.self').getByText('@ada').waitFor()
    expect(new URL(page.url()).hash).toBe('#list')
    expect(await page.getByText('Only Dan would say this').count()).toBe(0)
    const log = await (await context.request.get(`${server.url}/rooms/general/messages`)).text()
    expect(log).not.toContain('Only Dan would say this')
    // His it is, and nobody lost it: it goes out when he is back.
    await signIn('dan')
    await page.reload()
    await page.locator('.self').getByText('@dan').waitFor()
    await page.goto(`${link.url}/#room=general`)
    await page.locator('.message').getByText('Only Dan would say this').waitFor()
    await context.close()
    link.close()
    // The browser's own words for a link that was cut.
    faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_|WebSocket/.test(fault)))
  })

  test('a password can be shown, and Caps Lock is reported', async () => {
    const page = await stand(await phone(browser))
    await page.goto(server.url)
    const field = page.getByLabel('Password')
    await field.fill('abc')
    expect(await field.getAttribute('type')).toBe('password')
    await press(page, 'Show')
    expect(await field.getAttribute('type')).toBe('text')
    expect(await field.getAttribute('autocomplete')).toBe('current-password')
    await field.evaluate((input) =>
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock: true })),
    )
    await page.getByText('Caps Lock is on.').waitFor()
    await page.context().close()
  })

  test('after too many wrong passwords the page says how long to wait', async () => {
    const page = await stand(await phone(browser))
    await page.goto(server.url)
    for (let guess = 0; guess < 12; guess++)
      await page.request.post(`${server.url}/auth/login`, { data: { username: 'eve', password: 'guess' } })
    await fill(page, { 'Username or email': 'eve', Password: 'one more guess' })
    await press(page, 'Sign in')
    await page.getByText(/Too many attempts. Wait \d+ seconds? and try again/).waitFor()
    await page.context().close()
  })

  test('the language is chosen on the sign-in page and kept', async () => {
    const page = await stand(await phone(browser))
    await page.goto(server.url)
    await press(page, 'العربية')
    const root = () => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])
    expect(await root()).toEqual(['ar', 'rtl'])
    await page.reload()
    await page.getByRole('button', { name: 'Deutsch' }).waitFor()
    expect(await root()).toEqual(['ar', 'rtl'])
    await press(page, 'Deutsch')
    expect(await root()).toEqual(['de', 'ltr'])
    await page.context().close()
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})
