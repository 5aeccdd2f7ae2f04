// Longer than 300 lines: the acts build on each other in one room, and a server and a browser of their own for each would take minutes.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { film, pdf, photo } from '../support/media.ts'
import { postgresForTests } from '../support/postgres.ts'
import { type BucketServer, startS3 } from '../support/s3.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Actor, composer, enter, go, willBeMarked } from './cast.ts'
import { type Link, startLink } from './link.ts'
import { browserIsThere, desk, launchBrowser, phone } from './support.ts'

type Picked = { name: string; mimeType: string; buffer: Buffer }

const picked = (name: string, buffer: Buffer, mimeType = ''): Picked => ({ name, mimeType, buffer })
const picker = ({ page }: Actor) => page.locator('.room > .composer input[type=file][multiple]')
const tray = ({ page }: Actor) => page.locator('.room > .composer .tray')
const send = ({ page }: Actor) => page.locator('.room > .composer .send')
const last = ({ page }: Actor) => page.locator('.timeline .message:not(.sending):not(.failed)').last()
const isLoaded = (picture: Locator) =>
  picture.evaluate(async (img: HTMLImageElement) => {
    await img.decode()
    return img.naturalWidth > 0
  })
/** All of them are uploaded. */
const uploaded = async (actor: Actor, count: number) => {
  await tray(actor)
    .locator('li.done')
    .nth(count - 1)
    .waitFor()
}
const saved = async ({ page }: Actor, link: Locator): Promise<Buffer> => {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  return Buffer.from(await Bun.file(await download.path()).arrayBuffer())
}
const viewer = ({ page }: Actor) => page.getByRole('dialog', { name: 'Pictures' })

const meetAt = async (server: TestServer, browser: Browser, faults: string[], urls: [string, string]) => {
  const ben = await enter(await phone(browser), urls[0], { username: 'ben', display_name: 'Ben' }, faults)
  const cleo = await enter(await desk(browser), urls[1], { username: 'cleo', display_name: 'Cleo' }, faults)
  await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
  await cleo.api('PUT', '/rooms/quay/members/me')
  for (const actor of [ben, cleo]) {
    await go(actor, '#room=quay')
    await composer(actor).waitFor()
  }
  return { server, ben, cleo }
}

const stores = [
  { database: 'embedded', depot: 'a directory' },
  ...((await postgresForTests()) ? [{ database: 'postgres', depot: 'S3' } as const] : []),
] as const

describe.skipIf(!browserIsThere()).each(stores)(
  'files at a phone and a desk, on $database and $depot',
  (store) => {
    let s3: BucketServer | undefined
    let server: TestServer
    let browser: Browser
    let ben: Actor
    let cleo: Actor
    const faults: string[] = []

    beforeAll(async () => {
      s3 = store.depot === 'S3' ? await startS3() : undefined
      server = await startServer({ database: store.database, ...(s3 && { settings: s3.settings }) })
      browser = await launchBrowser()
      ;({ ben, cleo } = await meetAt(server, browser, faults, [server.url, server.url]))
    })
    afterAll(async () => {
      await browser?.close()
      await server?.stop()
      await s3?.stop()
    })

    test('a photo, a PDF and a film are picked, described, sent and seen at once, in a place that was kept for them', async () => {
      const clip = await film(ben.page)
      await picker(ben).setInputFiles([
        picked('harbour.jpg', await photo(), 'image/jpeg'),
        picked('plan.pdf', pdf, 'application/pdf'),
        picked('tide.webm', clip, 'video/webm'),
      ])
      await uploaded(ben, 3)
      await tray(ben).getByLabel('Description of ⁨harbour.jpg⁩').fill('A boat at the quay')
      expect(await send(ben).isEnabled()).toBe(true)
      await send(ben).tap()
      await tray(ben).waitFor({ state: 'detached' })

      const line = last(cleo)
      const picture = line.getByRole('img', { name: 'A boat at the quay' })
      await picture.waitFor()
      expect(await isLoaded(picture)).toBe(true)
      // The box is that of the attributes, which were there before the picture was.
      const box = (await picture.boundingBox())!
      expect(Math.round((box.width / box.height) * 100)).toBe(133)
      expect(await picture.getAttribute('width')).toBe(String(Math.round(box.width)))

      const video = line.locator('video')
      await cleo.page.waitForFunction(
        () => ((document.querySelector('.clip video') as HTMLVideoElement | null)?.readyState ?? 0) >= 1,
      )
      expect((await video.boundingBox())!.width / (await video.boundingBox())!.height).toBeCloseTo(16 / 9, 1)
      const card = line.locator('.file-card')
      expect(await card.innerText()).toContain('plan.pdf')
      expect(await card.innerText()).toContain('PDF')
      expect(await saved(cleo, card)).toEqual(pdf)
      expect(await saved(cleo, line.getByRole('link', { name: 'Save ⁨tide.webm⁩' }))).toEqual(clip)
    })

    test('one that is pasted at the desk is seen on the phone', async () => {
      const bytes = (await photo(640, 480, 2)).toString('base64')
      await composer(cleo).evaluate((box, encoded) => {
        const moved = new DataTransfer()
        const raw = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0))
        moved.items.add(new File([raw], 'image.png', { type: 'image/png' }))
        box.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: moved, bubbles: true, cancelable: true }),
        )
      }, bytes)
      await uploaded(cleo, 1)
      await composer(cleo).fill('From my screen')
      await composer(cleo).press('Enter')
      const picture = last(ben).getByRole('img', { name: 'Picture: ⁨image.png⁩' })
      await picture.waitFor()
      expect(await isLoaded(picture)).toBe(true)
      expect(await last(ben).locator('.words').innerText()).toBe('From my screen')
    })

    test('nothing broke on the way', () => expect(faults).toEqual([]))
  },
)

describe.skipIf(!browserIsThere())('files in the page', () => {
  let server: TestServer
  let link: Link
  let browser: Browser
  let ben: Actor
  let cleo: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ policy: sweepAtOnce, settings: { FILE_BYTES: '220MB', FILE_TYPES: '' } })
    link = await startLink(server.url)
    browser = await launchBrowser()
    ;({ ben, cleo } = await meetAt(server, browser, faults, [server.url, link.url]))
  })
  afterAll(async () => {
    await browser?.close()
    link?.close()
    await server?.stop()
  })

  const sendPhotos = async (actor: Actor, count: number) => {
    const photos = await Promise.all(Array.from({ length: count }, (_, n) => photo(320, 240 + n * 20, n)))
    await picker(actor).setInputFiles(
      photos.map((each, n) => picked(`photo-${n + 1}.jpg`, each, 'image/jpeg')),
    )
    await uploaded(actor, count)
    await send(actor).click()
    await tray(actor).waitFor({ state: 'detached' })
  }

  test('several are a grid; the viewer goes through them by keys, zooms, saves, and leads back', async () => {
    await sendPhotos(ben, 4)
    const squares = last(cleo).locator('.photos .photo')
    await squares.nth(3).waitFor()
    await squares.nth(1).click()
    await viewer(cleo).waitFor()
    await viewer(cleo).getByText('2 of 4').waitFor()
    await cleo.page.keyboard.press('ArrowRight')
    await viewer(cleo).getByText('3 of 4').waitFor()
    await viewer(cleo).locator('.step.back').click()
    await viewer(cleo).getByText('2 of 4').waitFor()
    await viewer(cleo).locator('.step.on').click()
    await viewer(cleo).getByText('3 of 4').waitFor()
    await cleo.page.keyboard.press('End')
    await viewer(cleo).getByText('4 of 4').waitFor()
    await cleo.page.keyboard.press('Home')
    await viewer(cleo).getByText('1 of 4').waitFor()
    const picture = viewer(cleo).getByRole('img')
    const before = (await picture.boundingBox())!
    await cleo.page.keyboard.press('+')
    await cleo.page.waitForFunction(
      (width) => document.querySelector('.stage > img')!.getBoundingClientRect().width > width * 1.4,
      before.width,
    )
    await cleo.page.keyboard.press('0')
    const bytes = await saved(cleo, viewer(cleo).getByRole('link', { name: 'Save ⁨photo-1.jpg⁩' }))
    expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8')
    await cleo.page.keyboard.press('Escape')
    await viewer(cleo).waitFor({ state: 'detached' })
    // Where one was: at the picture that was opened.
    expect(await squares.nth(1).evaluate((each) => each === document.activeElement)).toBe(true)
  })

  test('on the phone a finger swipes to the next picture, and down to close', async () => {
    await last(ben).locator('.photos .photo').first().tap()
    await viewer(ben).getByText('1 of 4').waitFor()
    const touch = await ben.page.context().newCDPSession(ben.page)
    const swipe = async (from: [number, number], to: [number, number]) => {
      const at = ([x, y]: [number, number]) => [{ x, y }]
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) })
      for (const part of [0.3, 0.6, 1])
        await touch.send('Input.dispatchTouchEvent', {
          type: 'touchMove',
          touchPoints: at([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]),
        })
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    }
    await swipe([300, 400], [60, 400])
    await viewer(ben).getByText('2 of 4').waitFor()
    await swipe([60, 400], [300, 400])
    await viewer(ben).getByText('1 of 4').waitFor()
    await swipe([200, 300], [200, 600])
    await viewer(ben).waitFor({ state: 'detached' })
  })

  test('what is dropped on the room goes to its tray, and a folder or an empty file does not', async () => {
    const drop = (kind: 'dragover' | 'drop') =>
      cleo.page.locator('.timeline').evaluate((on, type) => {
        const moved = new DataTransfer()
        moved.items.add(new File(['Tea at four'], 'notes.txt', { type: 'text/plain' }))
        moved.items.add(new File([], 'nothing.txt', { type: 'text/plain' }))
        on.dispatchEvent(new DragEvent(type, { dataTransfer: moved, bubbles: true, cancelable: true }))
      }, kind)
    await drop('dragover')
    await cleo.page.getByText('Drop files to send them to').waitFor()
    await drop('drop')
    await cleo.page.getByText('Drop files to send them to').waitFor({ state: 'detached' })
    await uploaded(cleo, 1)
    await tray(cleo).getByText('⁨nothing.txt⁩ is empty.').waitFor()
    await tray(cleo).getByRole('button', { name: 'Remove ⁨notes.txt⁩' }).click()
    await tray(cleo).waitFor({ state: 'detached' })
    expect(await send(cleo).isDisabled()).toBe(true)
  })

  test('an eleventh file is left out, and says so', async () => {
    await picker(cleo).setInputFiles(
      Array.from({ length: 11 }, (_, n) => picked(`note-${n + 1}.txt`, Buffer.from(`note ${n}`))),
    )
    await tray(cleo).getByText('⁨note-11.txt⁩ was left out: a message can have up to 10 files.').waitFor()
    await uploaded(cleo, 10)
    await send(cleo).click()
    await last(ben).locator('.file-card').nth(9).waitFor()
    expect(await last(ben).locator('.file-card').count()).toBe(10)
  })

  test('an upload can be cancelled while it runs', async () => {
    await cleo.page.route('**/rooms/quay/files*', (route) => new Promise(() => route.request()))
    await picker(cleo).setInputFiles([picked('long.bin', Buffer.alloc(100_000, 7))])
    await tray(cleo).getByRole('progressbar', { name: 'Uploading ⁨long.bin⁩' }).waitFor()
    await tray(cleo).getByRole('button', { name: 'Remove ⁨long.bin⁩' }).click()
    await tray(cleo).waitFor({ state: 'detached' })
    await cleo.page.unroute('**/rooms/quay/files*')
  })

  test('a refused upload says why, and another try sends it', async () => {
    let refuse = true
    await cleo.page.route('**/rooms/quay/files*', (route) =>
      refuse
        ? route.fulfill({
            status: 503,
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: 'unavailable', reason: 'files_away', detail: '', status: 503 }),
          })
        : route.continue(),
    )
    await picker(cleo).setInputFiles([picked('again.txt', Buffer.from('once more'))])
    await tray(cleo).getByText('The storage of the files is not responding.').waitFor()
    expect(await send(cleo).isDisabled()).toBe(true)
    refuse = false
    await tray(cleo).getByRole('button', { name: 'Try again' }).click()
    await uploaded(cleo, 1)
    await send(cleo).click()
    await last(ben).getByText('again.txt').waitFor()
    await cleo.page.unroute('**/rooms/quay/files*')
  })

  test('without a connection a message waits for its files, and arrives', async () => {
    link.cut()
    await cleo.page.getByText(/^You're offline|^Reconnecting/).waitFor()
    await picker(cleo).setInputFiles([picked('afloat.txt', Buffer.from('on the water'))])
    await tray(cleo).getByText('afloat.txt').waitFor()
    await composer(cleo).fill('Written on the water')
    await send(cleo).click()
    const waiting = cleo.page.locator('.message.sending', { hasText: 'Written on the water' })
    await waiting.getByText('Waiting for a connection…').waitFor()
    link.mend()
    await last(ben).getByText('Written on the water').waitFor()
    await last(ben).getByText('afloat.txt').waitFor()
    await waiting.waitFor({ state: 'detached' })
  })

  test('what is uploaded stays in the tray over a reload', async () => {
    await picker(cleo).setInputFiles([picked('kept.jpg', await photo(200, 200), 'image/jpeg')])
    await uploaded(cleo, 1)
    await cleo.page.reload()
    await composer(cleo).waitFor()
    await tray(cleo).getByText('kept.jpg').waitFor()
    await composer(cleo).fill('Still here')
    await send(cleo).click()
    await last(ben).getByRole('img', { name: 'Picture: ⁨kept.jpg⁩' }).waitFor()
  })

  test('a reply, a pin and a search name the files of a message that has no words', async () => {
    const { seq } = await ben.api('POST', '/rooms/quay/messages', { content: 'Before' })
    await sendPhotos(ben, 1)
    const files = Number(seq) + 1
    await cleo.api('POST', '/rooms/quay/messages', { content: 'Lovely', reply_to: files })
    await last(ben).locator('.reply', { hasText: 'photo-1.jpg' }).waitFor()
    await indexed(server)
    await cleo.page.keyboard.press('Control+f')
    const search = cleo.page.getByRole('dialog', { name: 'Search messages' })
    await search.getByRole('button', { name: 'With a file' }).click()
    await search.locator('.results a', { hasText: 'photo-1.jpg' }).first().waitFor()
    await cleo.page.keyboard.press('Escape')
  })

  test('the side panel lists the pictures and files of the room', async () => {
    await cleo.page.getByRole('button', { name: 'Files', exact: true }).click()
    const panel = cleo.page.getByRole('complementary', { name: 'Files and pictures' })
    await panel.getByRole('img', { name: 'Picture: ⁨photo-1.jpg⁩' }).first().waitFor()
    await panel.locator('.file-card', { hasText: 'afloat.txt' }).waitFor()
    await panel.getByRole('img', { name: 'Picture: ⁨kept.jpg⁩' }).click()
    await viewer(cleo).getByText('kept.jpg').waitFor()
    const marked = willBeMarked(cleo, { text: 'Still here' })
    await viewer(cleo).getByRole('link', { name: 'Show in the conversation' }).click()
    await viewer(cleo).waitFor({ state: 'detached' })
    await marked
    // On the phone it is in the menu of the room.
    await ben.page.getByRole('button', { name: 'Room menu' }).click()
    await ben.page.getByRole('menuitem', { name: 'Files and pictures' }).click()
    await ben.page.getByRole('complementary', { name: 'Files and pictures' }).waitFor()
    await ben.page.getByRole('button', { name: 'online' }).click()
    await cleo.page.getByRole('button', { name: 'People', exact: true }).click()
  })

  test('a deleted message takes its pictures away at once, from the viewer too', async () => {
    await picker(ben).setInputFiles([picked('gone.jpg', await photo(300, 200), 'image/jpeg')])
    await uploaded(ben, 1)
    await send(ben).tap()
    const line = cleo.page.locator('.timeline .message').filter({ has: cleo.page.getByAltText('gone.jpg') })
    const seq = await line.getAttribute('data-seq')
    await line.locator('.photo').click()
    await viewer(cleo).waitFor()
    const address = await viewer(cleo).getByRole('img').getAttribute('src')
    await ben.api('DELETE', `/rooms/quay/messages/${seq}`)
    await cleo.page.getByText('This picture was deleted.').waitFor()
    await cleo.page.keyboard.press('Escape')
    await viewer(cleo).waitFor({ state: 'detached' })
    const there = cleo.page.locator(`.timeline [data-seq="${seq}"]`)
    await there.getByText('This message was deleted').waitFor()
    expect(await there.locator('img').count()).toBe(0)
    expect((await cleo.page.context().request.get(server.url + address)).status()).toBe(404)
  })

  test('pictures of a person whom you have blocked are folded with their message', async () => {
    await sendPhotos(ben, 1)
    const line = last(cleo)
    await line.locator('.photo').waitFor()
    await cleo.api('PUT', '/users/me/blocks/ben')
    await cleo.page.reload()
    await line.getByText('Message from a person you have blocked.').waitFor()
    expect(await line.locator('img').count()).toBe(0)
    await line.hover()
    await line.getByRole('button', { name: 'Show' }).click()
    await line.locator('.photo').waitFor()
    await cleo.api('DELETE', '/users/me/blocks/ben')
    await cleo.page.reload()
    await composer(cleo).waitFor()
  })

  test('a page or a drawing that somebody sends is a file to save: nothing of it is shown, and nothing runs', async () => {
    const script = "<script>document.title='owned'</script>"
    await picker(ben).setInputFiles([
      picked('page.html', Buffer.from(`<!doctype html>${script}`), 'text/html'),
      picked(
        'drawing.svg',
        Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`),
        'image/svg+xml',
      ),
    ])
    await uploaded(ben, 2)
    expect(await tray(ben).locator('canvas, img, iframe').count()).toBe(0)
    await send(ben).tap()
    const line = last(cleo)
    await line.locator('.file-card', { hasText: 'drawing.svg' }).waitFor()
    expect(await line.locator('img, svg script, iframe, object, embed').count()).toBe(0)
    for (const card of await line.locator('.file-card').all()) {
      const address = (await card.getAttribute('href'))!
      const response = await cleo.page.context().request.get(server.url + address)
      expect(response.headers()['content-disposition']).toStartWith('attachment')
      expect(response.headers()['content-security-policy']).toStartWith('sandbox;')
    }
    expect(await cleo.page.title()).not.toContain('owned')
  })

  test('thirty photos on a first screen are at most 1.5 MB', async () => {
    await ben.api('POST', '/rooms', { id: 'walk', title: 'Walk' })
    await cleo.api('PUT', '/rooms/walk/members/me')
    const grainy = await photo(1600, 1200, 1, 60)
    for (let message = 0; message < 3; message++) {
      const files = await Promise.all(
        Array.from({ length: 10 }, async (_, n) => {
          const response = await ben.page.context().request.post(`${server.url}/rooms/walk/files`, {
            headers: {
              ...{ origin: server.url, 'x-session': 'cookie', 'x-file-name': `walk-${n}.jpg` },
              'content-type': 'application/octet-stream',
            },
            data: grainy,
          })
          return (await response.json()).id as string
        }),
      )
      await ben.api('POST', '/rooms/walk/messages', { content: '', files })
    }
    for (const actor of [ben, cleo]) {
      const sizes: Promise<number>[] = []
      actor.page.on('response', (response) => {
        if (response.url().includes('/preview?')) sizes.push(response.body().then((body) => body.length))
      })
      await go(actor, '#room=walk')
      await actor.page.locator('.timeline .photo').nth(29).waitFor()
      await actor.page.waitForFunction(() =>
        [...document.querySelectorAll<HTMLImageElement>('.timeline .photo > img:not(.soon)')].every(
          (img) => img.complete,
        ),
      )
      const sum = (await Promise.all(sizes)).reduce((all, size) => all + size, 0)
      expect(sum).toBeLessThan(1_500_000)
      await go(actor, '#room=quay')
      await composer(actor).waitFor()
    }
  })

  test('an archive of 200 MB goes up and comes down whole', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'parley-archive-'))
    try {
      const path = join(directory, 'all.zip')
      const writer = Bun.file(path).writer()
      const hash = new Bun.CryptoHasher('sha256')
      const block = Buffer.alloc(4_000_000)
      for (let n = 0; n < 50; n++) {
        block.fill(n + 1)
        if (n === 0) block.write('PK\x03\x04\x14\x00', 'latin1')
        hash.update(block)
        writer.write(block)
        await writer.flush()
      }
      await writer.end()
      await picker(ben).setInputFiles(path)
      await uploaded(ben, 1)
      await send(ben).tap()
      const card = last(cleo).locator('.file-card', { hasText: 'all.zip' })
      await card.waitFor()
      const [download] = await Promise.all([cleo.page.waitForEvent('download'), card.click()])
      const got = new Bun.CryptoHasher('sha256')
      for await (const piece of Bun.file(await download.path()).stream()) got.update(piece)
      expect(got.digest('hex')).toBe(hash.digest('hex'))
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  test('nothing broke on the way', () =>
    expect(
      faults.filter((fault) => !/ERR_CONNECTION|ERR_EMPTY|ERR_SOCKET|WebSocket|503/.test(fault)),
    ).toEqual([]))
})

describe.skipIf(!browserIsThere())('on a server that takes small pictures only', () => {
  let server: TestServer
  let browser: Browser
  let ben: Actor
  const faults: string[] = []

  beforeAll(async () => {
    server = await startServer({ settings: { FILE_BYTES: '100KB', FILE_TYPES: 'image/*' } })
    browser = await launchBrowser()
    ben = await enter(await phone(browser), server.url, { username: 'ben', display_name: 'Ben' }, faults)
    await ben.api('POST', '/rooms', { id: 'quay', title: 'Quay' })
    await go(ben, '#room=quay')
    await composer(ben).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  test('what is too large is refused before it is sent, and a type that is not taken when it is', async () => {
    let asked = 0
    ben.page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/files')) asked += 1
    })
    await picker(ben).setInputFiles([picked('large.bin', Buffer.alloc(100_001, 1))])
    await tray(ben).getByText('⁨large.bin⁩ is too large: this server takes files of up to ⁨100 kB⁩.').waitFor()
    expect(asked).toBe(0)
    expect(await send(ben).isDisabled()).toBe(true)
    await picker(ben).setInputFiles([
      picked('plan.pdf', pdf, 'application/pdf'),
      picked('quay.jpg', await photo(60, 40), 'image/jpeg'),
    ])
    await tray(ben).getByText('This server does not accept files of the type').waitFor()
    await uploaded(ben, 1)
    // Nothing is left out without a word.
    expect(await send(ben).isDisabled()).toBe(true)
    await tray(ben).getByRole('button', { name: 'Remove ⁨plan.pdf⁩' }).tap()
    await send(ben).tap()
    await last(ben).getByRole('img', { name: 'Picture: ⁨quay.jpg⁩' }).waitFor()
  })

  test('on a phone the button offers the camera, and files', async () => {
    await ben.page.getByRole('button', { name: 'Add files' }).tap()
    const choices = ben.page.getByRole('menuitem')
    expect(await choices.allInnerTexts()).toEqual(['Take a photo', 'Choose files'])
    const [chooser] = await Promise.all([ben.page.waitForEvent('filechooser'), choices.first().tap()])
    expect(await chooser.element().getAttribute('capture')).toBe('environment')
    await chooser.setFiles([picked('photo.jpg', await photo(60, 40, 3), 'image/jpeg')])
    await uploaded(ben, 1)
  })

  test('nothing broke on the way', () =>
    expect(faults.filter((fault) => !/status of 415/.test(fault))).toEqual([]))
})
