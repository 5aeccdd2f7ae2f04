import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser } from './support.ts'

describe.skipIf(!browserIsThere())('what pretends to be something else', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ settings: { RATE_LIMITS: 'on' } })
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    await go(ben, '#room=quay')
    await ben.page.getByRole('heading', { name: 'Quay' }).first().waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const hosts = async (content: string) => {
    const { seq } = (await ben.api('POST', '/rooms/quay/messages', { content })) as { seq: number }
    const line = ben.page.locator(`[data-seq="${seq}"]`)
    await line.waitFor()
    return line.locator('.real-host').allTextContents()
  }

  test('a link that looks like one to another host is followed by the real host, an honest one is not', async () => {
    expect(await hosts('https://good.example@evil.test/')).toEqual(['(evil.test)'])
    expect(await hosts('https://аpple.com and [https://good.example](https://evil.test/)')).toEqual([
      '(xn--pple-43d.com)',
      '(evil.test)',
    ])
    expect(await hosts('https://example.org and [the docs](https://example.org/)')).toEqual([])
  })

  test('a name shows its username when you point at it', async () => {
    expect(await ben.page.locator('.log .person-link').first().getAttribute('title')).toBe('@ben')
  })

  test('the page has thrown nothing', () => expect(faults).toEqual([]))
})
