import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, backToList, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('the last words of each room, in the list of a phone', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  /** How often each page has asked for them. */
  const asked = { ben: 0, cleo: 0 }
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const counted = (context: BrowserContext, who: keyof typeof asked) => {
      context.on('request', (request) => {
        if (request.url().includes('/last-messages')) asked[who]++
      })
      return context
    }
    const [small, large] = [counted(await phone(browser), 'ben'), counted(await desk(browser), 'cleo')]
    ben = await enter(small, server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(large, server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const row = ({ page }: Actor, name: string | RegExp) =>
    page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name })
  const said = (room: string, content: string, by = cleo) =>
    by.api('POST', `/rooms/${room}/messages`, { content })
  /** A row of the phone with this text under its title, without the marks that isolate names. */
  const shows = (room: string, text: string) =>
    ben.page.waitForFunction(
      ([title, words]) =>
        [...document.querySelectorAll('.rooms li > a')].some((link) => {
          const textOf = (part: string) =>
            link.querySelector(part)?.textContent?.replace(/[\u2068\u2069]/g, '')
          return textOf('.title') === title && textOf('.last-words') === words
        }),
      [room, text],
    )

  test('a room that you are in comes with what was said before, and goes on live', async () => {
    await cleo.api('PUT', '/rooms/general/members/me')
    await said('general', 'Who has the **key**?')
    await ben.api('PUT', '/rooms/general/members/me')
    await shows('General', 'Cleo: Who has the key?')
    expect(await row(ben, 'General').locator('time').innerText()).toMatch(/\d:\d\d/)
    const { seq } = await said('general', 'Nobody?')
    await shows('General', 'Cleo: Nobody?')
    await cleo.api('PATCH', `/rooms/general/messages/${seq}`, { content: 'Nobody at all?' })
    await shows('General', 'Cleo: Nobody at all?')
    await cleo.api('DELETE', `/rooms/general/messages/${seq}`)
    await shows('General', 'Cleo: This message was deleted')
    await said('general', 'I have it', ben)
    await shows('General', 'You: I have it')
    expect(asked.ben).toBe(1)
  })

  test('in a direct message the words of the other stand alone, and a new room says that it is empty', async () => {
    const direct = (await ben.api('POST', '/directs', { usernames: ['cleo'] })).id as string
    await shows('Cleo', 'No messages yet')
    await said(direct, 'Only for you')
    await shows('Cleo', 'Only for you')
    await said(direct, 'Thank you', ben)
    await shows('Cleo', 'You: Thank you')
  })

  test('after a reload they are there again, by one question; an open room asks nothing', async () => {
    asked.ben = 0
    await ben.page.reload()
    await shows('General', 'You: I have it')
    await shows('Cleo', 'You: Thank you')
    expect(asked.ben).toBe(1)
    await go(ben, '#room=general')
    await ben.page.getByRole('textbox', { name: /^Message / }).waitFor()
    await ben.page.reload()
    await ben.page.getByText('I have it', { exact: true }).waitFor()
    expect(asked.ben).toBe(1)
    await backToList(ben)
    await shows('Cleo', 'You: Thank you')
    expect(asked.ben).toBe(2)
  })

  test('of a person whom you have blocked the list shows no word', async () => {
    await ben.api('PUT', '/users/me/blocks/cleo')
    await ben.page.reload()
    await said('general', 'You will not read this')
    await shows('General', 'Message from a person you have blocked.')
    await ben.api('DELETE', '/users/me/blocks/cleo')
  })

  test('a desk neither shows them nor asks for them, until it is as narrow as a phone', async () => {
    const { page } = cleo
    await page.reload()
    await row(cleo, /General/).waitFor()
    expect([asked.cleo, await page.locator('.last-words').count()]).toEqual([0, 0])
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('.last-words', { hasText: 'You will not read this' }).waitFor()
    expect(asked.cleo).toBe(1)
  })

  test('nothing broke', () => expect(faults).toEqual([]))
})
