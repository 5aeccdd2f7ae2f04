import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { signUp } from '../support/cast.ts'
import { waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { browserIsThere, desk, launchBrowser } from './support.ts'

describe.skipIf(!browserIsThere())('the documentation page in a browser', () => {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  test('after signing in with the Authorize button you can try the operations that need a person', async () => {
    const ben = await signUp(server, 'ben')
    const context = await desk(browser)
    const page = await context.newPage()
    const faults: string[] = []
    const strangers: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url()))
        strangers.push(request.url())
    })

    await page.goto(`${server.url}/swagger`)
    await page.getByRole('button', { name: 'Authorize', exact: true }).first().click()
    const form = page.locator('.auth-container', { hasText: 'OAuth2, password' })
    await form.locator('input[type=text]').first().fill(ben.username)
    await form.locator('input[type=password]').first().fill(ben.password)
    await form.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click()
    await form.getByRole('button', { name: 'Remove authorization' }).waitFor()
    await page.locator('.close-modal').click()

    const me = page.locator('#operations-users-getUsersMe')
    // Swagger UI draws only those of its many operations that are in view.
    await page.mouse.move(600, 600)
    await waitFor('the operation', async () => {
      if ((await me.count()) > 0) return true
      await page.mouse.wheel(0, 300)
      return false
    })
    await me.locator('.opblock-summary-control').click()
    await me.getByRole('button', { name: 'Try it out' }).click()
    await me.getByRole('button', { name: 'Execute' }).click()
    const answer = me.locator('.live-responses-table .response').first()
    await answer.waitFor()
    expect(await answer.locator('.response-col_status').first().innerText()).toStartWith('200')
    expect(await answer.innerText()).toContain('ben@example.org')
    expect([faults, strangers]).toEqual([[], []])
    await context.close()
  })
})
