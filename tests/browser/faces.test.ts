import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Locator } from 'playwright-core'
import { photo } from '../support/pictures.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go } from './cast.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

describe.skipIf(!browserIsThere())('faces, for two at a phone and a desk', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    cleo = await enter(await desk(browser), server.url, { username: 'cleo', display_name: 'Cleo' }, faults)
    await ben.api('POST', '/rooms', { id: 'boats', title: 'Boats' })
    await cleo.api('PUT', '/rooms/boats/members/me')
    await ben.api('POST', '/directs', { usernames: ['cleo'] })
    await ben.api('POST', '/rooms/boats/messages', { content: 'Ahoy' })
    await go(cleo, '#room=boats')
    await composer(cleo).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** It is there, and has pixels. */
  const isSeen = async (place: Locator) => {
    const picture = place.locator('img.picture')
    await picture.waitFor()
    await picture.evaluate((image: HTMLImageElement) => image.decode())
    return picture.evaluate((image: HTMLImageElement) => image.naturalWidth > 0)
  }
  const placesOf = ({ page }: Actor): Locator[] => [
    page.locator('.message .who .face').first(),
    page.locator('.rooms .row .face').first(),
    page.locator('.people .person-link', { hasText: 'Ben' }).locator('.face'),
  ]
  const choose = async (within: Locator, name: RegExp) => {
    const choosing = within.page().waitForEvent('filechooser')
    await within.getByRole('button', { name }).click()
    await (await choosing).setFiles({
      name: 'me.jpg',
      mimeType: 'image/jpeg',
      buffer: await photo(6, 600, 800),
    })
  }

  test('a person without a picture is the first letter of their name', async () => {
    const [inMessage] = placesOf(cleo)
    await inMessage!.waitFor()
    expect(await inMessage!.getAttribute('data-letter')).toBe('B')
    expect(await inMessage!.locator('img').count()).toBe(0)
    // The title of a direct room has marks of direction around the name.
    expect(await cleo.page.locator('.rooms .row .face').first().getAttribute('data-letter')).toBe('B')
    // It is no text of the page: a screen reader and a copy have the name alone.
    expect(await cleo.page.locator('.message .who').first().innerText()).toBe('Ben')
  })

  test('a picture that is chosen in the settings is seen at once where the person is named', async () => {
    await go(ben, '#settings=profile')
    const field = ben.page.getByRole('group', { name: 'Picture' })
    await choose(field, /^Choose a picture/)
    expect(await isSeen(field)).toBe(true)
    for (const place of placesOf(cleo)) expect(await isSeen(place)).toBe(true)
    await cleo.page.locator('.people .person-link', { hasText: 'Ben' }).click()
    expect(await isSeen(cleo.page.getByRole('dialog', { name: 'Ben' }))).toBe(true)
    await cleo.page.keyboard.press('Escape')
  })

  test('what is no picture is refused with a sentence', async () => {
    const field = ben.page.getByRole('group', { name: 'Picture' })
    const choosing = ben.page.waitForEvent('filechooser')
    await field.getByRole('button', { name: /^Choose another picture/ }).click()
    await (await choosing).setFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('a text') })
    await field.getByRole('alert').waitFor()
    expect(await field.getByRole('alert').innerText()).toContain('not a picture')
    expect(await isSeen(field)).toBe(true)
  })

  test('the owner of a room gives it a picture, and removes it', async () => {
    await go(ben, '#room=boats')
    await composer(ben).waitFor()
    await ben.page.getByRole('button', { name: 'Room menu' }).click()
    await ben.page.getByRole('menuitem', { name: 'Room details' }).click()
    const field = ben.page.getByRole('dialog').getByRole('group', { name: 'Picture' })
    await choose(field, /^Choose a picture/)
    const row = cleo.page.locator('.rooms .row', { hasText: 'Boats' })
    expect(await isSeen(row)).toBe(true)
    expect(await isSeen(cleo.page.locator('.room > header'))).toBe(true)
    await cleo.page.getByText(/Ben\W* changed the picture of the room/).waitFor()
    await field.getByRole('button', { name: 'Remove picture' }).click()
    await row.locator('img.picture').waitFor({ state: 'detached' })
    await ben.page.keyboard.press('Escape')
  })

  test('a removed picture is the letter again', async () => {
    await go(ben, '#settings=profile')
    const field = ben.page.getByRole('group', { name: 'Picture' })
    await field.getByRole('button', { name: 'Remove picture' }).click()
    for (const place of placesOf(cleo)) await place.locator('img').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })
})
