import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { pdf, photo } from '../support/media.ts'
import { type Actor, backToList, composer, enter, go, openMenu } from './cast.ts'
import { untilKept } from './kept-files.ts'
import { type Link, startLink } from './link.ts'
import { browserIsThere, desk, launchBrowser, phone, type RunningServer, startServer } from './support.ts'

type Picked = { name: string; mimeType: string; buffer: Buffer }

const picker = ({ page }: Actor) => page.locator('.room > .composer input[type=file][multiple]')
const tray = ({ page }: Actor) => page.locator('.room > .composer .tray')
const waiting = ({ page }: Actor) => page.locator('.timeline .message.sending')
const failed = ({ page }: Actor) => page.locator('.timeline .message.failed')
const offline = ({ page }: Actor) => page.getByText(/^You're offline|^Reconnecting/)

/** One for a phone and a desk: with NODE_ENV=production each bundles and compresses the page. */
let server: RunningServer
let browser: Browser
if (browserIsThere()) {
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([
      // The service worker, by which the page opens without a network, is for production only.
      startServer({
        NODE_ENV: 'production',
        RATE_LIMITS: 'off',
        FILE_BYTES: '150MB',
        FILE_TYPES: 'image/*, application/pdf, text/plain',
      }),
      launchBrowser(),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
}

/* What is written without a network is sent once, in the order of writing, files like texts. */
describe.skipIf(!browserIsThere()).each([
  { size: 'a phone', look: phone, room: 'quay' },
  { size: 'a desk', look: desk, room: 'mole' },
])('files without a network, at $size', ({ look, room }) => {
  let link: Link
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    link = await startLink(server.url)
    // What a page says of a network that is away is no fault.
    ben = await enter(await look(browser), link.url, { username: `ben-${room}`, display_name: 'Ben' }, [])
    ben.page.on('pageerror', (error) => faults.push(error.message))
    cleo = await enter(
      await desk(browser),
      server.url,
      { username: `cleo-${room}`, display_name: 'Cleo' },
      faults,
    )
    await cleo.api('POST', '/rooms', { id: room, title: room })
    await ben.api('PUT', `/rooms/${room}/members/me`)
    for (const actor of [ben, cleo]) await open(actor)
    await ben.page.evaluate(async () => {
      await navigator.serviceWorker.ready
      while (!(await caches.match('/'))) await new Promise((resolve) => setTimeout(resolve, 50))
    })
  })
  afterAll(async () => {
    await Promise.all([ben, cleo].map((actor) => actor?.page.context().close()))
    link?.close()
  })

  const open = async (actor: Actor) => {
    await go(actor, `#room=${room}`)
    await composer(actor).waitFor()
  }
  const cut = async () => {
    link.cut()
    await offline(ben).waitFor()
  }
  /** The browser hears of its network again, too: otherwise the page waits for its next try, as after a reload below. */
  const mendLink = async () => {
    link.mend()
    await ben.page.evaluate(() => dispatchEvent(new Event('online')))
  }
  const mend = async () => {
    await mendLink()
    await offline(ben).waitFor({ state: 'detached' })
  }
  const harbour = async (): Promise<Picked[]> => [
    { name: 'harbour.jpg', mimeType: 'image/jpeg', buffer: await photo() },
    { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf },
  ]
  const write = async (text: string, files: Picked[] = []) => {
    if (files.length > 0) {
      await picker(ben).setInputFiles(files)
      await tray(ben)
        .locator('li')
        .nth(files.length - 1)
        .waitFor()
    }
    await composer(ben).fill(text)
    await ben.page.locator('.room > .composer .send').click()
  }
  const reload = async () => {
    const asked: string[] = []
    const hear = (dialog: { type(): string; accept(): Promise<void> }) => {
      asked.push(dialog.type())
      void dialog.accept()
    }
    ben.page.on('dialog', hear)
    await ben.page.reload()
    ben.page.off('dialog', hear)
    return asked
  }
  /** What everybody reads after a message: the texts, and the names of the files. */
  const read = async (after: number) => {
    const { items } = await cleo.api('GET', `/rooms/${room}/messages?after=${after}&limit=100`)
    return (items as { content: string; files?: { name: string }[] }[]).map(({ content, files }) =>
      [content, ...(files ?? []).map(({ name }) => name)].join(' + '),
    )
  }
  const head = async () => Number((await cleo.api('POST', `/rooms/${room}/messages`, { content: '—' })).seq)
  const arrived = (text: string) =>
    cleo.page.locator('.timeline .message:not(.sending)', { hasText: text }).waitFor()

  test('a photo and a PDF wait, and arrive once and in their order, before the text that was written after them', async () => {
    const from = await head()
    await cut()
    await write('First, without files')
    await write('The harbour', await harbour())
    await write('Said after it')
    await write('And this')
    await waiting(ben).nth(3).waitFor()
    expect(await waiting(ben).locator('.words').allInnerTexts()).toEqual([
      ...['First, without files', 'The harbour', 'Said after it', 'And this'],
    ])
    expect(await waiting(ben).getByText('Waiting for a connection…').count()).toBe(4)
    await mend()
    await arrived('And this')
    const all = ['First, without files', 'The harbour + harbour.jpg + plan.pdf', 'Said after it', 'And this']
    expect(await read(from)).toEqual(all)
    await waiting(ben).first().waitFor({ state: 'detached' })
    await untilKept(ben, 0, 0)
  })

  test('waiting files are there after the page was loaded again without a network, those in the tray too', async () => {
    const from = await head()
    await cut()
    await write('Before the reload', await harbour())
    await write('After the harbour')
    await picker(ben).setInputFiles([
      { name: 'later.txt', mimeType: 'text/plain', buffer: Buffer.from('not sent yet') },
    ])
    await tray(ben).getByText('later.txt').waitFor()
    await untilKept(ben, 5, 3)
    expect(await reload()).toEqual([])
    await ben.page.getByText("Can't reach the server. Trying again…").waitFor()
    link.mend()
    await arrived('After the harbour')
    expect(await read(from)).toEqual(['Before the reload + harbour.jpg + plan.pdf', 'After the harbour'])
    await tray(ben).locator('li.done', { hasText: 'later.txt' }).waitFor()
    await tray(ben).getByRole('button', { name: 'Remove ⁨later.txt⁩' }).click()
    await untilKept(ben, 0, 0)
  })

  test('another tab sends what a closed one has left', async () => {
    const from = await head()
    const other = await ben.page.context().newPage()
    await other.goto(`${link.url}/#room=${room}`)
    await other.getByRole('textbox', { name: /^Message / }).waitFor()
    await cut()
    await write('From a tab that is closed', await harbour())
    await untilKept(ben, 3, 2)
    await ben.page.close()
    ben = { ...ben, page: other }
    other.on('pageerror', (error) => faults.push(error.message))
    await mendLink()
    await arrived('From a tab that is closed')
    await untilKept(ben, 0, 0)
    expect(await read(from)).toEqual(['From a tab that is closed + harbour.jpg + plan.pdf'])
  })

  test('an upload whose response was lost is the same file', async () => {
    const from = await head()
    link.mute()
    await picker(ben).setInputFiles(await harbour())
    await tray(ben).locator('li.sending').first().waitFor()
    await cut()
    await composer(ben).fill('Heard once')
    await ben.page.locator('.room > .composer .send').click()
    await mend()
    await arrived('Heard once')
    expect(await read(from)).toEqual(['Heard once + harbour.jpg + plan.pdf'])
  })

  test('a file that the server refuses says why; without it the text and the other files are sent', async () => {
    const from = await head()
    await cut()
    const [picture] = await harbour()
    await write('With one that is refused', [
      picture!,
      {
        name: 'page.zip',
        mimeType: 'application/zip',
        buffer: Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1'),
      },
    ])
    await write('This need not wait for it')
    await mend()
    await arrived('This need not wait for it')
    await failed(ben).getByText('With one that is refused').waitFor()
    await failed(ben).getByText('This server does not accept files of the type').waitFor()
    await failed(ben).getByRole('button', { name: 'Remove ⁨page.zip⁩' }).click()
    await arrived('With one that is refused')
    expect(await read(from)).toEqual(['This need not wait for it', 'With one that is refused + harbour.jpg'])
  })

  test('a file that is larger than the server takes is left out at once, without a network too', async () => {
    await cut()
    await drop('huge.bin', 151_000_000)
    await tray(ben).getByText('⁨huge.bin⁩ is too large: this server takes files of up to').waitFor()
    await mend()
  })

  test('a file for which the browser has no space waits while the page is open, and says so; a reload loses the file, but no text', async () => {
    const from = await head()
    await cut()
    await drop('film.txt', 101_000_000)
    await tray(ben).getByText('Keep this page open until this file is uploaded').waitFor()
    await composer(ben).fill('With a film')
    await ben.page.locator('.room > .composer .send').click()
    await waiting(ben).getByText('Keep this page open until this file is uploaded').waitFor()
    await untilKept(ben, 2, 0)
    expect(await reload()).toEqual(['beforeunload'])
    await mendLink()
    await tray(ben)
      .getByText('⁨film.txt⁩ was lost when the page was closed or reloaded. Add it again.')
      .waitFor()
    expect(await composer(ben).inputValue()).toBe('With a film')
    expect(await read(from)).toEqual([])
    await composer(ben).fill('')
    await untilKept(ben, 0, 0)
  })

  test('a waiting message is cancelled', async () => {
    const from = await head()
    await cut()
    await write('Never mind', await harbour())
    await waiting(ben).getByRole('button', { name: 'Cancel' }).click()
    await waiting(ben).waitFor({ state: 'detached' })
    await untilKept(ben, 0, 0)
    await mend()
    await write('Only this')
    await arrived('Only this')
    expect(await read(from)).toEqual(['Only this'])
  })

  test('signing out asks, and leaves nothing in the browser', async () => {
    const from = await head()
    await ben.page.route(`**/rooms/${room}/files*`, () => new Promise(() => {}))
    await write('Not sent before signing out', await harbour())
    await untilKept(ben, 3, 2)
    await backToList(ben)
    await openMenu(ben, 'Your account', 'Sign out')
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await ben.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await untilKept(ben, 0, 0)
    expect(await read(from)).toEqual([])
  })

  test('nothing broke on the way', () => expect(faults).toEqual([]))

  /** Made in the page: it is too large for the way from here to the browser. */
  const drop = (name: string, bytes: number) =>
    ben.page.locator('.timeline').evaluate(
      (on, { called, size }) => {
        const moved = new DataTransfer()
        moved.items.add(new File([new Uint8Array(size).fill(65)], called))
        on.dispatchEvent(new DragEvent('drop', { dataTransfer: moved, bubbles: true, cancelable: true }))
      },
      { called: name, size: bytes },
    )
})
