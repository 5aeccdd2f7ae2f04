import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { freePort } from '../../src/bench/free-port.ts'
import { reach } from '../../src/web/talk/span.ts'
import { waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go } from './cast.ts'
import { type Link, startLink } from './link.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

type Said = { seq: number; content: string; author: { username: string } }

describe.skipIf(!browserIsThere())('the page is never wrong', () => {
  let server: TestServer
  let link: Link
  let browser: Browser
  /** On a phone, straight to the server. */
  let ben: Actor
  /** At a desk, over a wire that can be cut. */
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ settings: { PORT: String(await freePort()) } })
    link = await startLink(server.url)
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben' }, faults)
    cleo = await enter(await desk(browser), link.url, { username: 'cleo' }, faults)
    for (const actor of [ben, cleo]) {
      await actor.api('PUT', '/rooms/general/members/me')
      await go(actor, '#room=general')
      await composer(actor).waitFor()
    }
  })

  afterAll(async () => {
    await browser?.close()
    link?.close()
    await server?.stop()
  })

  const write = async (actor: Actor, text: string) => {
    await composer(actor).fill(text)
    await actor.page.getByRole('button', { name: 'Send', exact: true }).click()
  }
  const lines = ({ page }: Actor) => page.locator('.log .message .words').allInnerTexts()
  const waiting = ({ page }: Actor) => page.locator('.message.sending, .message.failed')
  const offline = ({ page }: Actor) => page.getByText(/^You're offline|^Reconnecting/)
  const settled = async (actor: Actor) => {
    await offline(actor).waitFor({ state: 'detached' })
    await waiting(actor).first().waitFor({ state: 'detached' })
  }
  const history = async () => {
    const { items } = await ben.api('GET', '/rooms/general/messages?limit=100')
    return (items as Said[]).map(({ content }) => content)
  }
  /** Both pages show what the server has, each line once and in its order; of much talk, its last lines. */
  const agree = async (written: readonly string[]) => {
    const kept = await history()
    expect([...kept].sort()).toEqual([...written].sort())
    for (const actor of [ben, cleo]) {
      // A page of a busy room keeps at least `reach` lines, and the newest.
      await actor.page.waitForFunction(
        ([count, newest]) => {
          const shown = [...document.querySelectorAll<HTMLElement>('.log .message .words')]
          return shown.length >= count && shown.at(-1)?.innerText === newest
        },
        [Math.min(kept.length, reach), kept.at(-1)!] as const,
      )
      const shown = await lines(actor)
      expect(shown).toEqual(kept.slice(-shown.length))
    }
  }
  /** Writes in turns until `over` has ended, and returns the texts. `over` can wait until so many more are written. */
  const talkDuring = async (
    over: (more: (count: number) => Promise<void>) => Promise<void>,
    name: string,
  ) => {
    const written: string[] = []
    const more = async (count: number) => {
      const goal = written.length + count
      await waitFor(`${count} more messages`, () => written.length >= goal)
    }
    let isOver = false
    const ending = over(more).finally(() => {
      isOver = true
    })
    while (!isOver) {
      for (const actor of [ben, cleo]) {
        const text = `${name} ${written.length} ${actor.username}`
        await write(actor, text)
        written.push(text)
      }
      // The pace of people who type: nothing is waited for.
      await Bun.sleep(400)
    }
    await ending
    return written
  }
  const all: string[] = []

  test('a cut in the middle of talk loses and doubles nothing', async () => {
    const cut = async (more: (count: number) => Promise<void>) => {
      await more(2)
      // What is stored and not answered is the hard part: it is sent again.
      link.mute()
      await more(6)
      link.cut()
      await offline(cleo).waitFor()
      await more(20)
      link.mend()
      await more(2)
    }
    all.push(...(await talkDuring(cut, 'cut')))
    await settled(cleo)
    await settled(ben)
    await agree(all)
  })

  test('a server that is stopped and started in the middle of talk loses and doubles nothing', async () => {
    const restart = async (more: (count: number) => Promise<void>) => {
      await more(2)
      await server.restart({}, async () => {
        await offline(ben).waitFor()
        await more(4)
      })
    }
    all.push(...(await talkDuring(restart, 'restart')))
    await settled(ben)
    await settled(cleo)
    await agree(all)
  })

  // It took the silence of 40 s to notice, and as long to come back: a try that hung was not given up.
  test('a phone that loses its network says so soon, and is there as soon as the network is', async () => {
    const { page } = ben
    await page.context().setOffline(true)
    await write(ben, 'From the tunnel')
    await page.getByText('Waiting for a connection').waitFor()
    await offline(ben).waitFor()
    await page.context().setOffline(false)
    await cleo.page.getByText('From the tunnel').waitFor()
    all.push('From the tunnel')
    await settled(ben)
    await agree(all)
  })

  test('a message that was unsent when the page was closed is sent when it is opened again', async () => {
    link.cut()
    await offline(cleo).waitFor()
    await write(cleo, 'Written in the dark')
    await cleo.page.getByText('Waiting for a connection').waitFor()
    await cleo.page.close()
    link.mend()
    const page = await newPage(cleo.page)
    await page.goto(`${link.url}/#room=general`)
    cleo = { ...cleo, page }
    await ben.page.getByText('Written in the dark').waitFor()
    all.push('Written in the dark')
    await settled(cleo)
    await agree(all)
  })

  test('a room read in one tab is read in the other tab and on another device', async () => {
    const tab = await newPage(cleo.page)
    await tab.goto(`${link.url}/#browse`)
    const device = await enterAgain(await phone(browser), cleo)
    await go(cleo, '#browse')
    const row = (page: Page) => page.getByRole('link', { name: /^#?\s*General/ })
    await row(tab).waitFor()
    await device.getByRole('link', { name: /General/ }).waitFor()
    await write(ben, 'Who reads this?')
    all.push('Who reads this?')
    for (const page of [cleo.page, tab, device])
      await page.getByRole('link', { name: /General.*1 unread/ }).waitFor()
    await go(cleo, '#room=general')
    for (const page of [tab, device])
      await page.getByRole('link', { name: /General.*unread/ }).waitFor({ state: 'detached' })
    await tab.close()
    await device.context().close()
  })

  test('the session lies where no script can read it', async () => {
    const { page } = cleo
    const cookies = await page.context().cookies()
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) {
      expect(cookie.httpOnly).toBe(true)
      expect(['Strict', 'Lax']).toContain(cookie.sameSite)
    }
    const seen = await page.evaluate(() =>
      [document.cookie, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join(),
    )
    for (const { value } of cookies) expect(seen).not.toContain(value)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const found = await page.evaluate(() =>
      Object.values(window).filter((value) => typeof value === 'string' && /^ey|\.ey/.test(value)),
    )
    expect(found).toEqual([])
  })

  test('a page from elsewhere cannot act with that session, nor open a socket', async () => {
    const stranger = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () =>
        new Response('<!doctype html><title>Elsewhere</title>', { headers: { 'content-type': 'text/html' } }),
    })
    try {
      // The same host, so that SameSite lets the cookie through: the origin alone tells them apart.
      const page = await ben.page.context().newPage()
      await page.goto(stranger.url.href)
      const outcome = await page.evaluate(async (url) => {
        const post = (path: string, type: string, body: string) =>
          fetch(url + path, {
            method: 'POST',
            credentials: 'include',
            mode: 'no-cors',
            headers: { 'content-type': type },
            body,
          })
            .then(({ status }) => status)
            .catch(() => 'refused')
        await post('/rooms/general/messages', 'text/plain', JSON.stringify({ content: 'Forged' }))
        await post('/rooms/general/messages', 'application/x-www-form-urlencoded', 'content=Forged')
        const read = await fetch(`${url}/users/me`, { credentials: 'include' }).then(
          () => 'readable',
          () => 'unreadable',
        )
        const socket = await new Promise<string>((resolve) => {
          const live = new WebSocket(`${url.replace('http', 'ws')}/ws`)
          live.onopen = () => resolve('open')
          live.onerror = () => resolve('refused')
        })
        return { read, socket }
      }, server.url)
      expect(outcome).toEqual({ read: 'unreadable', socket: 'refused' })
      expect(await history()).not.toContain('Forged')
      await page.close()
    } finally {
      await stranger.stop(true)
    }
  })

  test('a session ended on another device leads to the sign-in page, with a sentence', async () => {
    const device = await enterAgain(await desk(browser), cleo)
    const { items } = await cleo.api('GET', '/auth/sessions')
    expect((items as unknown[]).length).toBeGreaterThan(1)
    await go({ ...cleo, page: device }, '#settings=sessions')
    await device.getByRole('button', { name: 'Sign out all other sessions' }).click()
    await device.getByRole('dialog').getByRole('button', { name: 'Sign out all other sessions' }).click()
    await cleo.page
      .getByText('You were signed out, here or on another device. Please sign in again.')
      .waitFor()
    await cleo.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await device.context().close()
  })

  test('nothing broke on the way', () => {
    expect(faults.filter((fault) => !/ERR_|WebSocket|status of 50[23]/.test(fault))).toEqual([])
  })

  async function newPage(next: Page): Promise<Page> {
    const page = await next.context().newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    return page
  }

  /** The same person with another session. */
  async function enterAgain(context: Awaited<ReturnType<typeof phone>>, { username }: Actor): Promise<Page> {
    const headers = { origin: server.url, 'x-session': 'cookie' }
    const data = { username, password: 'a lantern for everyone' }
    await context.request.post(`${server.url}/auth/login`, { headers, data })
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${server.url}/#list`)
    return page
  }
})
