import { expect, test } from 'bun:test'
import { Image } from 'bun'
import { sweepRemoved } from '../../src/features/attachments/removed.ts'
import { makePreview, measure } from '../../src/features/files/pictures.ts'
import { stripped } from '../../src/features/files/strip.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { bytesLeft, download, sendFile, upload } from '../support/files.ts'
import { bitmap, exif, photo, secret } from '../support/pictures.ts'
import { serverFor } from '../support/server.ts'

const chunk = (type: string, body: Buffer) => {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), body, Buffer.alloc(4)])
  bytes.writeUInt32BE(body.length)
  bytes.writeUInt32BE(Bun.hash.crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length)
  return bytes
}

const at = serverFor({ settings: { FILE_BYTES: '10MB' } }, async (server) => {
  const people = await cast(server)
  return { ...people, room: await makeRoom(server, people.ben, [people.cleo], { access: 'closed' }) }
})

const bytesOf = async (id: string) =>
  Buffer.from(await (await download(at().server, at().ben, id)).arrayBuffer())

test('a photo has its size as it is shown, a tiny picture, and previews for those who may read it', async () => {
  const { server, ben, cleo, dan, room } = at()
  const original = await photo(6)
  const { files } = await sendFile(server, ben, room, original, 'IMG 1.JPG')
  const [file] = files
  expect(file).toMatchObject({ name: 'IMG 1.JPG', type: 'image/jpeg', width: 600, height: 800 })
  expect(file.placeholder).toStartWith('data:image/')
  for (const [size, width, height] of [
    [360, 270, 360],
    [720, 540, 720],
    [1440, 600, 800],
  ] as const) {
    const [one, two] = await Promise.all([
      download(server, cleo, `${file.id}/preview?size=${size}`),
      download(server, ben, `${file.id}/preview?size=${size}`),
    ])
    expect([one.status, one.headers.get('content-type')]).toEqual([200, 'image/webp'])
    const preview = new Uint8Array(await one.arrayBuffer())
    expect(new Uint8Array(await two.arrayBuffer())).toEqual(preview)
    expect(await new Image(preview).metadata()).toMatchObject({ width, height, format: 'webp' })
  }
  expect((await download(server, dan, `${file.id}/preview`)).status).toBe(404)
  expect((await download(server, ben, `${file.id}/preview?size=500`)).status).toBe(422)
  const { body: text } = await upload(server, ben, room, 'text')
  expect((await download(server, ben, `${text.id}/preview`)).status).toBe(404)

  const { seq } = (await rest(server, ben).get(`/rooms/${room}/messages`)).body.items.at(-1)
  await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
  await sweepRemoved(server.tools)
  expect(await bytesLeft(server, file.id)).toEqual([])
})

test('what tells a place or a device is taken out of a picture, and how it is held stays', async () => {
  const { server, ben, room } = at()
  const png = Buffer.from(await new Image(bitmap(64, 48)).png().bytes())
  const webp = Buffer.from(await new Image(bitmap(64, 48)).webp().bytes())
  const part = (type: string, body: Buffer) => {
    const head = Buffer.from(`${type}0000`)
    head.writeUInt32LE(body.length, 4)
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)])
  }
  const parts = Buffer.concat([
    part('VP8X', Buffer.from([0x0c, 0, 0, 0, 63, 0, 0, 47, 0, 0])),
    webp.subarray(12),
    part('EXIF', exif(6)),
    part('XMP ', Buffer.from(secret)),
  ])
  const riff = Buffer.concat([Buffer.from('RIFF0000WEBP'), parts])
  riff.writeUInt32LE(parts.length + 4, 4)
  const pictures: [string, Buffer, string][] = [
    ['image/jpeg', await photo(8), '0112000300000001000800'],
    [
      'image/png',
      Buffer.concat([
        png.subarray(0, 33),
        chunk('eXIf', exif(3)),
        chunk('tEXt', Buffer.from(`GPS\0${secret}`)),
        chunk('prVt', Buffer.from(secret)),
        png.subarray(33),
        Buffer.from(secret),
      ]),
      '0112000300000001000300',
    ],
    ['image/webp', Buffer.concat([riff, Buffer.from(secret)]), '0112000300000001000600'],
  ]
  for (const [type, bytes, orientation] of pictures) {
    expect(bytes.includes(secret)).toBe(true)
    const { body: file } = await upload(server, ben, room, bytes, 'picture')
    const stored = await bytesOf(file.id)
    expect([type, file.type, stored.length]).toEqual([type, type, file.bytes])
    expect([type, stored.includes(secret)]).toEqual([type, false])
    expect([type, stored.toString('hex').includes(orientation)]).toEqual([type, true])
    expect((await new Image(stored).metadata()).width).toBe(file.width)
    expect((await new Image(stored).png().bytes()).length).toBeGreaterThan(50)
  }
})

test('of many pictures at the same time, only those that are decoded are in memory', async () => {
  const { server } = at()
  const png = await new Image(bitmap(64, 48)).png().bytes()
  let [reading, most] = [0, 0]
  const read = async () => {
    most = Math.max(most, ++reading)
    await Bun.sleep(1)
    reading--
    return png
  }
  const all = Array.from({ length: 8 }, () => [
    measure(server.tools, read),
    makePreview(server.tools, read, 360),
  ])
  await Promise.all(all.flat())
  expect(most).toBe(2)
})

test('a picture that claims a long part is not collected', async () => {
  const head = Buffer.from('RIFF\xff\xff\xff\x7fWEBPVP8X\xff\xff\xff\x7f', 'latin1')
  let given = 0
  async function* source() {
    yield head
    for (; given < 100; given++) yield Buffer.alloc(1000, 0xff)
  }
  const got: Uint8Array[] = []
  for await (const piece of stripped('image/webp', source())) {
    got.push(Buffer.from(piece))
    if (got.length === 4) expect(given).toBeLessThan(3)
  }
  expect(Buffer.concat(got).length).toBe(head.length + 100_000)
})

test('a picture that is larger than it looks is refused by its header, and what is no picture is none', async () => {
  const { server, ben, room } = at()
  const bomb = Buffer.from(await new Image(bitmap(10, 10)).png().bytes())
  bomb.writeUInt32BE(60_000, 16)
  bomb.writeUInt32BE(60_000, 20)
  bomb.writeUInt32BE(Bun.hash.crc32(bomb.subarray(12, 29)), 29)
  const refused = await upload(server, ben, room, bomb, 'small.png')
  expect([refused.status, refused.body.reason]).toEqual([413, 'picture_too_large'])
  const others: [string, string | Buffer, string][] = [
    ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'application/xml'],
    ['a.png', '<!doctype html><script>alert(1)</script>', 'text/html'],
    ['a.jpg', Buffer.from('ffd8ffe000104a46', 'hex'), 'image/jpeg'],
    ['a.html', Buffer.from('GIF89a\x01\0\x01\0<script>alert(1)</script>'), 'image/gif'],
    ['a.txt', 'plain', 'text/plain'],
  ]
  for (const [name, bytes, type] of others) {
    const { status, body: file } = await upload(server, ben, room, bytes, name, { type: 'image/png' })
    expect([name, status, file.type, file.width]).toEqual([name, 201, type, undefined])
    const got = await download(server, ben, file.id)
    expect(got.headers.get('content-security-policy')).toStartWith('sandbox')
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
    expect(got.headers.get('content-disposition')).toStartWith(
      /html|xml/.test(type) ? 'attachment' : 'inline',
    )
  }
})
