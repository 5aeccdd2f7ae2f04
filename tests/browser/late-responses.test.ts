import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, enter, go, openMenu } from './cast.ts'
import { hold } from './hold.ts'
import { settled } from './settled.ts'
import { browserIsThere, desk, launchBrowser } from './support.ts'

describe.skipIf(!browserIsThere())('while a response is on its way', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  const faults: string[] = []
  /** Frames for the page wait for this. */
  let frames = Promise.resolve()

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const context = await desk(browser)
    await context.routeWebSocket(/\/ws/, (page) => {
      page.connectToServer().onMessage(async (frame) => {
        await frames
        page.send(frame)
      })
    })
    ben = await enter(context, server.url, { username: 'ben', display_name: 'Ben' }, faults)
    await ben.api('POST', '/rooms', { id: 'boats', title: 'Boats' })
    await go(ben, '#room=boats')
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  test('what is typed into the settings of a room stays, and is saved next', async () => {
    const sheet = ben.page.getByRole('dialog')
    const save = sheet.getByRole('button', { name: 'Save' })
    const description = sheet.getByLabel('Description')
    await openMenu(ben, 'Room menu', 'Room details')
    const first = await hold(ben.page, '**/rooms/boats')
    await sheet.getByLabel('Name', { exact: true }).fill('Ships')
    await save.click()
    await first.done
    await description.fill('For those who sail.')
    await ben.page.locator('main header').getByText('Ships').waitFor()
    first.release()
    await save.waitFor()
    expect(await description.inputValue()).toBe('For those who sail.')
    expect(await sheet.getByText('Saved.').count()).toBe(0)
    await save.click()
    await sheet.getByText('Saved.').waitFor()
    expect(await ben.api('GET', '/rooms/boats')).toMatchObject({
      title: 'Ships',
      description: 'For those who sail.',
    })
    await ben.page.keyboard.press('Escape')
  })

  // What was chosen was compared with the room as it was before the first save, so it was not sent, and "Saved." was shown.
  test('settings of a room that are changed back are saved, though the event about the change has not come', async () => {
    const sheet = ben.page.getByRole('dialog')
    const posting = sheet.getByRole('group', { name: 'Who can post' })
    const save = async () => {
      await sheet.getByRole('button', { name: 'Save' }).click()
      await sheet.getByText('Saved.').waitFor()
    }
    await openMenu(ben, 'Room menu', 'Room details')
    const held = Promise.withResolvers<void>()
    frames = held.promise
    await posting.getByLabel('Moderators only').check()
    await save()
    expect((await ben.api('GET', '/rooms/boats')).posting).toBe('moderators')
    await posting.getByLabel('All members').check()
    await sheet.getByText('Saved.').waitFor({ state: 'detached' })
    await save()
    expect((await ben.api('GET', '/rooms/boats')).posting).toBe('members')
    held.resolve()
    // What others change is shown again.
    await ben.api('PATCH', '/rooms/boats', { description: 'For all.' })
    await ben.page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('dialog [name=description]')?.value === 'For all.',
    )
    expect(await posting.getByLabel('All members').isChecked()).toBe(true)
    await ben.page.keyboard.press('Escape')
  })

  test('what is typed into a profile stays, also after a look elsewhere, and is not called saved', async () => {
    await go(ben, '#settings=profile')
    const save = ben.page.getByRole('button', { name: 'Save' }).first()
    const pronouns = ben.page.getByLabel('Pronouns')
    const first = await hold(ben.page, '**/users/me')
    await ben.page.getByLabel('Title').fill('Skipper')
    await save.click()
    await first.done
    await pronouns.fill('he/him')
    first.release()
    await save.waitFor()
    expect(await ben.page.getByText('Saved.').count()).toBe(0)
    await go(ben, '#room=boats')
    await go(ben, '#settings=profile')
    expect(await pronouns.inputValue()).toBe('he/him')
    await save.click()
    await ben.page.getByText('Saved.').waitFor()
    expect(await ben.api('GET', '/users/me')).toMatchObject({
      title: 'Skipper',
      pronouns: 'he/him',
    })
  })

  test('a list keeps what a newer response says when an older one comes after it', async () => {
    await go(ben, '#room=boats')
    const seqs: unknown[] = []
    for (const content of ['The keel', 'The sail']) {
      const { seq } = await ben.api('POST', '/rooms/boats/messages', { content })
      seqs.push(seq)
    }
    await ben.api('PUT', `/rooms/boats/pins/${seqs[0]}`)
    const pinned = ben.page.locator('.pins')
    const first = await hold(ben.page, '**/rooms/boats/pins?*')
    await ben.page.getByRole('button', { name: 'Pinned messages' }).click()
    await first.done
    await ben.page.keyboard.press('Escape')
    await ben.page.getByRole('button', { name: 'Pinned messages' }).click()
    await pinned.getByText('The keel').waitFor()
    await ben.api('PUT', `/rooms/boats/pins/${seqs[1]}`)
    await pinned.getByText('The sail').waitFor()
    const late = ben.page.waitForEvent('requestfinished', (request) => request.url().includes('/pins?'))
    first.release()
    await late
    await settled(ben.page)
    expect(await pinned.getByText('The sail').count()).toBe(1)
  })

  test('nothing broke on the way', () => {
    expect(faults).toEqual([])
  })
})
