import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { rest } from '../support/client.ts'
import { type Mailbox, mailSettings, type Received, startMailbox } from '../support/mailbox.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

const fresh = 'and again at half past ten'

describe.skipIf(!browserIsThere())('what comes by mail, from the letter to the page', () => {
  let server: TestServer
  let browser: Browser
  let box: Mailbox
  let ben: Actor
  /** A phone on which nobody is signed in. */
  let reader: Page
  const faults: string[] = []

  beforeAll(async () => {
    box = await startMailbox()
    server = await startServer()
    // The links lead to where the server is.
    const { port } = server
    await server.restart({ PORT: String(port), ...mailSettings(box, `http://127.0.0.1:${port}`) })
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    reader = await (await phone(browser)).newPage()
    reader.on('pageerror', (error) => faults.push(error.message))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await box?.stop()
  })

  const linkIn = ({ text = '' }: Received): string => /http:\/\/127\S+/.exec(text)![0]
  const look = async (page: Page, name: string) => {
    expect(await problems(page, name)).toEqual([])
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  const me = () => ben.api('GET', '/users/me')

  test('an address is confirmed by a button, and not by a program that only opens the link', async () => {
    const [mail] = await box.to('ben@example.org')
    await go(ben, '#settings=profile')
    await ben.page.getByText(/is not confirmed yet/).waitFor()
    await look(ben.page, 'unconfirmed')
    await reader.goto(linkIn(mail!))
    await reader.getByRole('heading', { name: 'Confirm your email address' }).waitFor()
    await look(reader, 'confirm')
    expect((await me()).email_confirmed).toBeUndefined()
    await press(reader, 'Confirm')
    await reader.getByText('Your email address is confirmed.').waitFor()
    await look(reader, 'confirmed')
    expect((await me()).email_confirmed).toBe(true)

    await reader.goto('about:blank')
    await reader.goto(linkIn(mail!))
    await press(reader, 'Confirm')
    await reader.getByText('This link is invalid').waitFor()
    await look(reader, 'confirm-again')
  })

  test('a person can ask for a mail about what they missed', async () => {
    await ben.page.reload()
    const choice = ben.page.getByRole('group', { name: 'Email about what you missed' })
    expect(await choice.getByLabel('Off').isChecked()).toBe(true)
    await choice.getByLabel('On').check()
    await ben.page.locator('form', { has: choice }).getByRole('button', { name: 'Save' }).click()
    await ben.page.getByText('Saved').first().waitFor()
    await look(ben.page, 'mail-settings')
    expect(await ben.api('GET', '/users/me/mail')).toEqual({ new_device: true, missed: true })
    await ben.page.reload()
    await choice.getByLabel('On').waitFor()
    expect(await choice.getByLabel('On').isChecked()).toBe(true)
  })

  test('a forgotten password is replaced on a phone, and the desk is signed out', async () => {
    await reader.goto('about:blank')
    await reader.goto(server.url)
    await reader.getByRole('button', { name: 'Forgotten your password?' }).waitFor()
    expect(await reader.getByText('Ask an administrator').count()).toBe(0)
    await press(reader, 'Forgotten your password?')
    await reader.getByLabel('Email').fill('ben@example.org')
    await look(reader, 'forgotten')
    await press(reader, 'Send the link')
    await reader.getByText('an email is on its way').waitFor()
    await look(reader, 'forgotten-sent')
    const mails = () => box.received.filter(({ subject }) => subject?.startsWith('A new password'))
    const [, mail] = await box.to('ben@example.org', 2)
    expect(mails()).toEqual([mail!])
    await reader.goto(linkIn(mail!))
    await reader.getByRole('heading', { name: 'Choose a new password' }).waitFor()
    await look(reader, 'reset')
    await reader.getByLabel('New password').fill('short')
    await press(reader, 'Save password')
    await reader.getByLabel('New password').fill(fresh)
    await press(reader, 'Save password')
    await reader.getByText('Your new password is saved.').waitFor()
    await look(reader, 'reset-done')
    await ben.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await press(reader, 'Continue to Parley')
    await reader.getByLabel('Username or email').fill('ben')
    await reader.getByLabel('Password').fill(fresh)
    await press(reader, 'Sign in')
    await reader.getByRole('navigation', { name: 'Rooms' }).waitFor()
    expect((await rest(server).post('/auth/login', { username: 'ben', password: fresh })).status).toBe(200)
    expect(faults).toEqual([])
  })
})
