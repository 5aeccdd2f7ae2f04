import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { browserIsThere, launchBrowser, patient } from '../browser/support.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { host, proxies, proxyIsThere, type RunningProxy, startProxy, toHost } from './proxy.ts'

describe.each(proxies)('behind %s, as in deploy/', (name) => {
  describe.skipIf(!proxyIsThere(name) || !browserIsThere())('', () => {
    let server: TestServer
    let proxy: RunningProxy
    let browser: Browser

    beforeAll(async () => {
      const settings = { PUBLIC_URL: `https://${host}`, TRUSTED_PROXIES: '127.0.0.1', RATE_LIMITS: 'on' }
      server = await startServer({ settings })
      proxy = await startProxy(name, server.port)
      browser = await launchBrowser(`--host-resolver-rules=MAP ${host}:443 127.0.0.1:${proxy.port}`)
    })

    afterAll(async () => {
      await browser?.close()
      await proxy?.stop()
      await server?.stop()
    })

    /** What a stranger at another address of this machine gets. */
    async function curl(from: string, path: string, ...options: string[]): Promise<number> {
      const asked = ['curl', '-sk', '--interface', from, ...toHost(proxy.port), '-o', '/dev/null']
      const url = `https://${host}:${proxy.port}${path}`
      const ran = Bun.spawn([...asked, '-w', '%{http_code}', ...options, url], { stdout: 'pipe' })
      return Number(await new Response(ran.stdout).text())
    }

    test('the page, REST with a cookie, and a socket work over TLS', async () => {
      const page = await (await patient(browser, { ignoreHTTPSErrors: true })).newPage()
      const faults: string[] = []
      page.on('pageerror', ({ message }) => faults.push(message))
      await page.goto(`https://${host}/`)
      await page.getByLabel('Username').waitFor()
      const heard = await page.evaluate(async () => {
        const headers = { 'content-type': 'application/json', 'x-session': 'cookie' }
        const body = { username: 'ben', email: 'ben@example.org', password: 'the tide turns at four' }
        const response = await fetch('/auth/signup', { method: 'POST', headers, body: JSON.stringify(body) })
        if (!response.ok) return [`${response.status} ${await response.text()}`]
        const socket = new WebSocket('/ws/general')
        return new Promise<string[]>((resolve) => {
          const said: string[] = []
          socket.onclose = ({ code }) => resolve([`closed with ${code}`])
          socket.onmessage = ({ data }) => {
            const frame = JSON.parse(data)
            if (frame.type === 'room.ready') socket.send('Is the harbour open?')
            if (frame.type === 'message.created') said.push(frame.message.content)
            if (said.length === 1) resolve(said)
          }
        })
      })
      expect(heard).toEqual(['Is the harbour open?'])
      const cookies = await page.context().cookies()
      expect(cookies.map(({ name, secure, httpOnly }) => [name, secure, httpOnly])).toContainEqual([
        '__Host-parley_access',
        true,
        true,
      ])
      expect(faults).toEqual([])
    })

    test('a flood is limited by its real address, whatever it claims, and others are not affected', async () => {
      const refresh = ['-H', 'content-type: application/json', '-d', '{"refresh_token":"made up"}']
      const claim = (each: number) => ['-H', `X-Forwarded-For: 203.0.113.${each}`]
      const flood = await Promise.all(
        Array.from({ length: 80 }, (_, each) =>
          curl('127.0.0.2', '/auth/refresh', ...refresh, ...claim(each)),
        ),
      )
      expect(new Set(flood)).toEqual(new Set([401, 429]))
      expect(await curl('127.0.0.3', '/auth/refresh', ...refresh)).toBe(401)
    })

    test('the metrics stay on this machine', async () => {
      expect(await curl('127.0.0.3', '/metrics')).toBe(404)
      expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(200)
    })

    // Caddy keeps none unless it is configured to.
    if (name === 'nginx') {
      test('the log of the proxy keeps no token, no webhook and no invite', async () => {
        await curl('127.0.0.3', '/health?token=secret-of-ben')
        await curl('127.0.0.3', '/hooks/secret-of-echo')
        await curl('127.0.0.3', '/invites/secret-of-cleo')
        expect(proxy.log()).toContain('"GET /hooks/..." ')
        expect(proxy.log()).not.toContain('secret')
      })
    }
  })
})
