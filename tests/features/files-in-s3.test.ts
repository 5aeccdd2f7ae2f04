import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openDepot } from '../../src/depot/open.ts'
import { sweepRemoved } from '../../src/features/attachments/removed.ts'
import { readSetting } from '../../src/features/settings.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { download, sendFile, upload } from '../support/files.ts'
import { type BucketServer, startS3 } from '../support/s3.ts'
import { startServer, type TestServer } from '../support/server.ts'

let s3: BucketServer
let server: TestServer
beforeAll(async () => {
  s3 = await startS3()
  server = await startServer({ settings: s3.settings })
})
afterAll(() => server.stop())

test('files are in a bucket, sealed, until their message is deleted; without the bucket people talk on', async () => {
  const { ben, cleo } = await cast(server)
  const room = await makeRoom(server, ben, [cleo])
  const bytes = Buffer.alloc(6_000_000, 'Nobody reads this in the bucket. ')
  const { seq, files } = await sendFile(server, ben, room, bytes, 'long.txt')
  const [{ id }] = files
  const got = await download(server, cleo, id)
  expect(got.status).toBe(200)
  expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true)
  const part = await download(server, cleo, id, { range: 'bytes=5999990-' })
  expect([part.status, await part.text()]).toEqual([206, bytes.subarray(-10).toString()])
  expect(part.headers.get('content-length')).toBe('10')

  const depot = openDepot(s3.place, String(await readSetting(server.tools.sql, 'files')))
  const kept = (await depot.open(id))!
  expect(Buffer.from(await kept.read(0, kept.bytes)).includes('Nobody reads this')).toBe(false)

  await server.restart()
  expect((await download(server, cleo, id)).status).toBe(200)
  await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
  await sweepRemoved(server.tools)
  expect(await depot.open(id)).toBeUndefined()

  const other = await sendFile(server, ben, room, 'kept', 'kept.txt')
  await s3.stop()
  const away = await download(server, cleo, other.files[0].id)
  expect([away.status, (await away.json()).reason]).toEqual([503, 'files_away'])
  expect(await upload(server, ben, room, 'new')).toMatchObject({
    status: 503,
    body: { reason: 'files_away' },
  })
  await post(server, ben, room, 'Still there')
})
