import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator } from 'playwright-core'
import { photo } from '../support/media.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { problems } from './axe.ts'
import { type Actor, enter, enterAgain, go, willBeMarked } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('saved messages, at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  /** The same person on a phone. */
  let onPhone: Actor
  let seqs: number[]
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await desk(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    seqs = []
    for (const content of ['The keys are under the mat', 'See you there'])
      seqs.push((await ben.api('POST', '/rooms/quay/messages', { content })).seq as number)
    onPhone = await enterAgain(await phone(browser), server.url, ben.username, faults)
    for (const actor of [ben, onPhone]) {
      await go(actor, '#room=quay')
      await line(actor, 0).waitFor()
    }
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const line = ({ page }: Actor, index: number): Locator =>
    page.locator(`.timeline [data-seq="${seqs[index]}"]`)
  const row = ({ page }: Actor) => page.getByRole('link', { name: 'Saved' })
  const list = ({ page }: Actor) => page.getByRole('list', { name: 'Saved' })

  const hold = async ({ page }: Actor, of: Locator) => {
    const { x, y } = (await of.boundingBox())!
    const touch = await page.context().newCDPSession(page)
    const touchPoints = [{ x: x + 12, y: y + 8 }]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
    await page.getByRole('dialog').waitFor()
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }

  test('the list of rooms does not name saved messages until there is one', async () => {
    expect(await row(ben).count()).toBe(0)
    await go(ben, '#saved')
    await ben.page.getByText('To save a message for later').waitFor()
    await go(ben, '#room=quay')
  })

  test('what is saved on a phone is marked and listed at the desk, and its line leads to the message', async () => {
    await hold(onPhone, line(onPhone, 0))
    await onPhone.page.getByRole('dialog').getByRole('button', { name: 'Save for later' }).click()
    for (const actor of [onPhone, ben]) await line(actor, 0).getByText('Saved', { exact: true }).waitFor()
    await row(ben).click()
    await list(ben).getByText('The keys are under the mat').waitFor()
    await go(onPhone, '#saved')
    await list(onPhone).getByText('The keys are under the mat').waitFor()
    for (const actor of [ben, onPhone]) expect(await problems(actor.page, 'saved')).toEqual([])
    if (process.env.SHOTS)
      for (const [name, { page }] of Object.entries({ desk: ben, phone: onPhone }))
        await page.screenshot({ path: `${process.env.SHOTS}/saved-${name}.png` })
    const marked = willBeMarked(ben, { seq: seqs[0] })
    await list(ben).getByRole('link').click()
    await marked
  })

  test('a saved message is still there after a reload, and gone when it is removed in the menu or in the list', async () => {
    await line(ben, 1).hover()
    await line(ben, 1).getByRole('button', { name: 'More' }).click()
    await ben.page.getByRole('menuitem', { name: 'Save for later' }).click()
    await line(ben, 1).getByText('Saved', { exact: true }).waitFor()
    await ben.page.reload()
    await line(ben, 1).getByText('Saved', { exact: true }).waitFor()
    await line(ben, 1).hover()
    await line(ben, 1).getByRole('button', { name: 'More' }).click()
    await ben.page.getByRole('menuitem', { name: 'Remove from saved' }).click()
    await line(ben, 1).getByText('Saved', { exact: true }).waitFor({ state: 'detached' })
    await row(ben).click()
    await list(ben).getByRole('button', { name: 'Remove from saved' }).click()
    await ben.page.getByText('To save a message for later').waitFor()
    await onPhone.page.getByText('To save a message for later').waitFor()
  })

  // Both were a name without a picture, and a pin could be removed only where its message is.
  test('a message that is only a picture shows it, saved and pinned; both end with one press, which can be undone', async () => {
    const { seq } = await sendPicture(ben)
    await ben.api('PUT', `/rooms/quay/messages/${seq}/saved`)
    await ben.api('PUT', `/rooms/quay/pins/${seq}`)
    const isDrawn = (of: Locator) =>
      of.locator('img.thumb').evaluate(async (img: HTMLImageElement) => {
        await img.decode()
        return img.naturalWidth > 0
      })
    const shoot = async ({ page }: Actor, name: string) => {
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
    }
    for (const actor of [ben, onPhone]) {
      const { page } = actor
      await go(actor, '#room=quay')
      await go(actor, '#saved')
      await list(actor).getByText('harbour.jpg').waitFor()
      expect(await isDrawn(list(actor))).toBe(true)
      await shoot(actor, `saved-picture-${page.viewportSize()!.width}`)
      await list(actor).getByRole('button', { name: 'Remove from saved' }).click()
      await list(actor).getByText('Removed from saved.').waitFor()
      await shoot(actor, `saved-removed-${page.viewportSize()!.width}`)
      await list(actor).getByRole('button', { name: 'Undo' }).click()
      await list(actor).getByText('harbour.jpg').waitFor()

      await go(actor, '#room=quay')
      await page.getByRole('button', { name: 'Pinned messages' }).click()
      const pins = page.getByRole('dialog', { name: 'Pinned messages' })
      await pins.getByText('harbour.jpg').waitFor()
      expect(await isDrawn(pins)).toBe(true)
      await shoot(actor, `pins-picture-${page.viewportSize()!.width}`)
      await pins.getByRole('button', { name: 'Unpin' }).click()
      await pins.getByText('Unpinned.').waitFor()
      await pins.getByRole('button', { name: 'Undo' }).click()
      await pins.getByText('harbour.jpg').waitFor()
      expect(await problems(page, 'pins')).toEqual([])
      await pins.getByRole('button', { name: 'Unpin' }).click()
      await pins.getByText('Unpinned.').waitFor()
      await page.keyboard.press('Escape')
      await ben.api('PUT', `/rooms/quay/pins/${seq}`)
    }
  })

  /** Over REST: that files can be picked is tested elsewhere. */
  async function sendPicture({ page, api }: Actor) {
    const sent = await page.context().request.post(`${server.url}/rooms/quay/files`, {
      headers: {
        origin: server.url,
        'x-session': 'cookie',
        'content-type': 'image/jpeg',
        'x-file-name': 'harbour.jpg',
      },
      data: await photo(800, 600),
    })
    return api('POST', '/rooms/quay/messages', { content: '', files: [(await sent.json()).id] })
  }

  test('nothing failed in the page', () => expect(faults).toEqual([]))
})
