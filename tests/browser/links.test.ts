import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { allowSite, html, type Site, startSite } from '../features/site.ts'
import { photo } from '../support/media.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, patient, phone } from './support.ts'

const room = 'quay'
const cards = ({ page }: Actor) => page.locator('.timeline .link-card')
const say = async (actor: Actor, content: string) =>
  Number((await actor.api('POST', `/rooms/${room}/messages`, { content })).seq)

/** How far the end of the timeline is from where the reader is. */
const fromEnd = ({ page }: Actor) =>
  page.locator('.scroll').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop)
/** Where a line is when nothing has moved it for some frames. */
const restOf = ({ page }: Actor, seq: number) =>
  page.locator(`[data-seq="${seq}"]`).evaluate(async (line) => {
    const topAfter = () =>
      new Promise<number>((done) => requestAnimationFrame(() => done(line.getBoundingClientRect().top)))
    let top = await topAfter()
    for (let still = 0; still < 10; ) {
      const next = await topAfter()
      still = next === top ? still + 1 : 0
      top = next
    }
    return top
  })

describe.skipIf(!browserIsThere())('cards of links, at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let site: Site
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    site = startSite({
      '/tides': html(
        `<title>Tide tables</title><meta name="description" content="${'High and low water. '.repeat(20)}">
         <meta property="og:image" content="/photo.jpg">`,
      ),
      '/other': html('<title>Another page</title>'),
      '/plain': html('<title>A page without a picture</title>'),
      '/photo.jpg': () => photo(1200, 800).then((bytes) => new Response(new Uint8Array(bytes))),
    })
    server = await startServer({ settings: { PREVIEWS: 'on' } })
    allowSite(server.tools)
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    await ben.api('POST', '/rooms', { id: room, title: 'Quay' })
    await cleo.api('PUT', `/rooms/${room}/members/me`)
    for (let n = 0; n < 40; n++) await say(ben, `Line ${n}`)
    for (const actor of [ben, cleo]) {
      await go(actor, `#room=${room}`)
      await composer(actor).waitFor()
      await actor.page.getByText('Line 39').waitFor()
    }
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    site?.stop()
  })

  test('a card arrives at the end, with a place for its picture, and the reader stays at the end', async () => {
    const seq = await say(cleo, `Look at ${site.url('/tides')}`)
    for (const actor of [ben, cleo]) {
      const card = cards(actor).first()
      await card.waitFor()
      const link = card.getByRole('link')
      expect(await link.getAttribute('href')).toBe(site.url('/tides'))
      expect(await link.getAttribute('rel')).toContain('noreferrer')
      expect(await card.locator('.link-title').innerText()).toBe('Tide tables')
      expect(await card.innerText()).toContain('127.0.0.2')
      const picture = card.locator('img')
      const box = async () => {
        const { width, height } = (await picture.boundingBox())!
        return [width, height]
      }
      const before = await box()
      await picture.evaluate((img: HTMLImageElement) => img.decode())
      expect([await box(), before[0]! > 40]).toEqual([before, true])
      expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(360)
      // From this server, and nothing of the page from another one.
      expect(await picture.getAttribute('src')).toStartWith(`/rooms/${room}/messages/${seq}/previews/`)
      expect(await fromEnd(actor)).toBeLessThan(2)
      const { width } = (await card.boundingBox())!
      expect(width).toBeLessThanOrEqual(actor.page.viewportSize()!.width)
    }
  })

  test('what somebody reads further up stays where it is when a card arrives', async () => {
    const message = await say(cleo, 'Soon with a link')
    // The status for screen readers may have the text too.
    await ben.page.getByText('Soon with a link', { exact: true }).waitFor()
    const line = ben.page.getByText('Line 25')
    await line.scrollIntoViewIfNeeded()
    await ben.page.locator('.scroll').evaluate((box) => box.scrollBy(0, -200))
    const seq = Number(await line.locator('xpath=ancestor::*[@data-seq]').getAttribute('data-seq'))
    const before = await restOf(ben, seq)
    // Below what is read, then above what is seen.
    await cleo.api('PATCH', `/rooms/${room}/messages/${message}`, { content: site.url('/plain') })
    await cards(ben).nth(1).waitFor({ state: 'attached' })
    expect(Math.abs((await restOf(ben, seq)) - before)).toBeLessThan(2)
    await ben.api('PATCH', `/rooms/${room}/messages/${seq - 23}`, { content: site.url('/other') })
    await cards(ben).nth(2).waitFor({ state: 'attached' })
    expect(Math.abs((await restOf(ben, seq)) - before)).toBeLessThan(2)
  })

  test('the author of the message removes the card, for everybody; others have no button for that', async () => {
    await ben.page.reload()
    await composer(ben).waitFor()
    const plain = (actor: Actor) => cards(actor).filter({ hasText: 'A page without a picture' })
    await plain(ben).waitFor()
    expect(await plain(cleo).getByRole('button').count()).toBe(1)
    const own = cards(ben).filter({ hasText: 'Tide tables' })
    expect(await own.count()).toBe(1)
    await cleo.page.getByRole('button', { name: 'Remove the preview of ⁨A page without a picture⁩' }).click()
    await plain(cleo).waitFor({ state: 'detached' })
    await plain(ben).waitFor({ state: 'detached' })
    expect(await cleo.page.getByRole('link', { name: site.url('/plain') }).count()).toBe(1)
  })

  const looks = {
    'dark, on a phone': { viewport: { width: 360, height: 640 }, hasTouch: true, colorScheme: 'dark' },
    'in Arabic, at a desk': { viewport: { width: 1280, height: 800 }, locale: 'ar' },
  } as const
  test.each(Object.keys(looks) as (keyof typeof looks)[])('axe finds nothing on it: %s', async (look) => {
    const context = await patient(browser, { ...looks[look], reducedMotion: 'reduce' })
    const name = `dan${Object.keys(looks).indexOf(look)}`
    const dan = await enter(context, server.url, { username: name }, faults)
    await dan.api('PUT', `/rooms/${room}/members/me`)
    await dan.page.reload()
    await go(dan, `#room=${room}`)
    await say(dan, `${site.url('/tides')} ${look}`)
    await cards(dan).last().waitFor()
    expect(await problems(dan.page, look)).toEqual([])
    // Nothing is wider than the page.
    expect(
      await dan.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0)
    await context.close()
  })

  test('nothing broke in the page', () => expect(faults).toEqual([]))
})
