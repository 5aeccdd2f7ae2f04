import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Download } from 'playwright-core'
import { unzip, writeTo } from '../features/exported.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, patient, phone } from './support.ts'

const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
/** SHOTS=<folder> keeps pictures of what is tested here. */
const shots = process.env.SHOTS

describe.skipIf(!browserIsThere())('exports', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  let room = ''
  const faults: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'parley-exports-'))

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await phone(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    room = String(
      (
        await ben.api('POST', '/rooms', {
          id: 'harbour',
          title: 'The harbour',
          description: 'Ships and tides',
        })
      ).id,
    )
    await cleo.api('PUT', `/rooms/${room}/members/me`)
    const asked = await cleo.api('POST', `/rooms/${room}/messages`, {
      content: 'Is the harbour open?\n\n- tomorrow\n- today',
    })
    const answer = { content: `Since six this morning. ${hostile}`, reply_to: asked.seq }
    const { seq } = await ben.api('POST', `/rooms/${room}/messages`, answer)
    await ben.api('PUT', `/rooms/${room}/pins/${seq}`)
    await cleo.api('PUT', `/rooms/${room}/messages/${seq}/reactions/🎉`)
    const arabic = 'صباح الخير \u202e(reversed)'
    await cleo.api('POST', `/rooms/${room}/messages`, { content: arabic })
    const direct = await cleo.api('POST', '/directs', { usernames: ['ben'] })
    await cleo.api('POST', `/rooms/${direct.id}/messages`, { content: 'Shall we meet at the pier?' })
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function unpack(download: Download): Promise<string> {
    expect(download.suggestedFilename()).toMatch(/^parley-[a-z0-9-]+\.zip$/)
    const into = join(folder, download.suggestedFilename().replace('.zip', ''))
    await writeTo(into, await unzip(await Bun.file(await download.path()).bytes()))
    return pathToFileURL(join(into, 'index.html')).href
  }

  /** A browser without a network, and all that it asks for. */
  async function offline(address: string, colorScheme: 'light' | 'dark' = 'light') {
    const context = await patient(browser, {
      viewport: { width: 900, height: 900 },
      offline: true,
      colorScheme,
    })
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => faults.push(line.text()))
    page.on('dialog', () => faults.push('a dialog'))
    await page.goto(address)
    return { page, asked }
  }
  const shoot = async ({ page }: { page: Actor['page'] }, name: string) => {
    if (shots) await page.screenshot({ path: join(shots, `${name}.png`) })
  }

  test('everyone downloads their data in the settings, and reads it in a browser without a network', async () => {
    for (const actor of [ben, cleo]) {
      await go(actor, '#settings=account')
      const button = actor.page.getByRole('button', { name: 'Export my data' })
      const [download] = await Promise.all([actor.page.waitForEvent('download'), button.click()])
      await actor.page.getByText(/Downloaded .*\.zip/).waitFor()
      await shoot(actor, `settings-${actor.username}`)
      await button.waitFor()
      const { page, asked } = await offline(await unpack(download))
      expect(await page.title()).toBe(`What is stored about ${actor === ben ? 'Ben' : 'Cleo'}`)
      await page.getByRole('cell', { name: `${actor.username}@example.org` }).waitFor()
      await shoot({ page }, `own-${actor.username}`)
      await page.getByRole('link', { name: actor === ben ? 'Cleo' : 'Ben', exact: true }).click()
      await page.getByText('Shall we meet at the pier?').waitFor()
      await page.getByRole('link', { name: 'Contents' }).first().click()
      await page.getByRole('link', { name: 'The harbour' }).click()
      await page.getByRole('heading', { name: 'The harbour' }).waitFor()
      const words = await page.locator('.text').allTextContents()
      expect(words.some((each) => each.includes(hostile))).toBe(actor === ben)
      expect(asked.filter((address) => !address.startsWith('file://'))).toEqual([])
    }
    expect(faults).toEqual([])
  })

  test('an owner exports the room in its details, and nobody else is offered that', async () => {
    for (const actor of [ben, cleo]) {
      await go(actor, `#room=${room}`)
      await actor.page.getByRole('button', { name: 'Room menu' }).click()
      await actor.page.getByRole('menuitem', { name: 'Room details' }).click()
      await actor.page.getByRole('button', { name: 'Leave room' }).waitFor()
      const button = actor.page.getByRole('button', { name: 'Export room' })
      expect(await button.count()).toBe(actor === ben ? 1 : 0)
      if (actor === cleo) continue
      await shoot(actor, 'room-details')
      const [download] = await Promise.all([ben.page.waitForEvent('download'), button.click()])
      // Above the sheet, which is still open.
      await ben.page.locator('dialog[open]').waitFor()
      await ben.page.locator('.toast:popover-open', { hasText: /Downloaded .*\.zip/ }).waitFor()
      await shoot(ben, 'room-exported')
      const address = await unpack(download)
      for (const look of ['light', 'dark'] as const) {
        const { page } = await offline(address, look)
        await shoot({ page }, `room-index-${look}`)
        // The pinned message leads to its place.
        await page.getByRole('listitem').getByRole('link').click()
        await page.locator('.message:target').getByText('Since six this morning.').waitFor()
        expect(await page.title()).toBe('The harbour')
        await shoot({ page }, `room-messages-${look}`)
      }
    }
    expect(faults).toEqual([])
  })

  test('what comes slowly shows how much is there, and can be cancelled', async () => {
    for (let count = 0; count < 60; count++) {
      const content = Buffer.from(crypto.getRandomValues(new Uint8Array(5_000))).toString('base64')
      await ben.api('POST', `/rooms/${room}/messages`, { content })
    }
    await go(ben, '#settings=account')
    const slow = await ben.page.context().newCDPSession(ben.page)
    const conditions = { offline: false, latency: 0, downloadThroughput: 20_000, uploadThroughput: -1 }
    await slow.send('Network.emulateNetworkConditions', conditions)
    const button = ben.page.getByRole('button', { name: 'Export my data' })
    await button.click()
    await ben.page.getByRole('status').getByText('Downloading…').waitFor()
    await ben.page.getByText(/^0\.\d MB$/).waitFor()
    await shoot(ben, 'running')
    await ben.page.getByRole('button', { name: 'Cancel' }).click()
    await button.waitFor()
    // The server has heard of it a moment later.
    while (!(await ben.page.request.get(`${server.url}/users/me/export`)).ok()) await Bun.sleep(50)
    await slow.send('Network.emulateNetworkConditions', { ...conditions, downloadThroughput: -1 })
    const [download] = await Promise.all([ben.page.waitForEvent('download'), button.click()])
    await unpack(download)
    expect(faults).toEqual([])
  })
})
