import { afterAll, expect, test } from 'bun:test'
import { depotOf, once } from '../../src/features/attachments/depot.ts'
import { operate } from '../../src/operator/operator.ts'
import type { Verified } from '../../src/operator/verify.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { download, putPicture, sendFile, upload } from '../support/files.ts'
import { onePixel, photo } from '../support/pictures.ts'
import { type BucketServer, startS3 } from '../support/s3.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'

const buckets: BucketServer[] = []
afterAll(() => Promise.all(buckets.map((bucket) => bucket.stop())))

const stores: Record<string, () => Promise<Record<string, string>>> = {
  'a directory': async () => ({}),
  async 'a bucket'() {
    const bucket = await startS3()
    buckets.push(bucket)
    return bucket.settings
  },
}

async function verify(server: TestServer) {
  const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }
  const { data, lines } = await operate(server.tools, 'verify', {}, caller)
  const { ok, problems, files_unread } = data as Verified
  const found = problems.map(({ room, seq, what, file }) => ({ room, seq, what, file }))
  return { ok, found, lines, files_unread }
}

await onBothDatabases((database) => {
  test.each(Object.keys(stores))(
    'files that are missing, damaged or left over are found, in %s',
    async (store) => {
      const server = await startServer({ database, settings: await stores[store]!() })
      const { ben, cleo } = await cast(server)
      const room = await makeRoom(server, ben, [cleo])
      const sent = async (text: string) => {
        const { seq, files } = await sendFile(server, ben, room, text.repeat(20_000), `${text}.txt`)
        return { seq, id: files[0].id as string }
      }
      const [kept, cut, lost, swapped] = [
        await sent('kept'),
        await sent('cut'),
        await sent('lost'),
        await sent('swap'),
      ]
      const picture = (await sendFile(server, ben, room, await photo(1), 'photo.jpg')).files[0].id as string
      expect((await download(server, ben, `${picture}/preview?size=720`)).status).toBe(200)
      await upload(server, ben, room, 'not sent yet')
      const { avatar } = (await putPicture(server, ben, '/users/me/avatar', onePixel)).body
      await putPicture(server, ben, `/rooms/${room}/avatar`, onePixel)
      const deleted = await sendFile(server, ben, room, 'deleted')
      await rest(server, ben).delete(`/rooms/${room}/messages/${deleted.seq}`)
      expect(await verify(server)).toMatchObject({ ok: true, found: [] })

      const depot = await depotOf(server.tools)
      const bytesOf = async (name: string) => {
        const file = (await depot.open(name))!
        const bytes = Buffer.from(await file.read(0, file.bytes))
        await file.close()
        return bytes
      }
      const damage = (what: string, seq: number, file: string) => ({ room, seq, what: `file_${what}`, file })
      const original = await bytesOf(cut.id)
      await depot.write(cut.id, once(original.subarray(0, -5)))
      expect((await verify(server)).found).toEqual([damage('damaged', cut.seq, cut.id)] as never)
      await depot.write(cut.id, once(original))

      await depot.write(swapped.id, once(await bytesOf(kept.id)))
      const before = await bytesOf(lost.id)
      await depot.remove(lost.id)
      const preview = await bytesOf(`${picture}.720`)
      await depot.write(`${picture}.720`, once(preview.subarray(1)))
      const stranger = crypto.randomUUID()
      await depot.write(stranger, once(Buffer.from('whose?')))
      const { found, lines } = await verify(server)
      expect(found.map(({ what, file }) => `${what} ${file}`).toSorted()).toEqual(
        [
          `file_damaged ${picture}`,
          `file_damaged ${swapped.id}`,
          `file_leftover ${stranger}`,
          `file_missing ${lost.id}`,
        ].toSorted(),
      )
      expect(lines.join('\n')).toContain(lost.id)
      await depot.write(lost.id, once(before))
      await depot.remove(stranger)
      await depot.remove(`${picture}.720`)
      const { sql } = server.tools
      const [row] = await sql.query<{ sealed: string }>('select sealed from files where id = $1', [kept.id])
      await sql.query('update files set sealed = $2 where id = $1', [swapped.id, row!.sealed])
      expect((await verify(server)).found).toEqual([damage('damaged', swapped.seq, swapped.id)] as never)

      // Its row is gone: the message says that it has one, and its bytes belong to nobody.
      await sql.query('delete from files where id = $1', [swapped.id])
      const orphaned = (await verify(server)).found
      expect(orphaned).toContainEqual({
        room,
        seq: swapped.seq,
        what: 'file_missing',
        file: undefined,
      } as never)
      expect(orphaned).toContainEqual({ room: '', seq: 0, what: 'file_leftover', file: swapped.id })
      expect(orphaned).toHaveLength(2)
      await depot.remove(swapped.id)
      await rest(server, ben).delete(`/rooms/${room}/messages/${swapped.seq}`)

      // A picture that is nobody's any more, and a file of a message that somebody has brought back.
      await sql.query(`update users set avatar = null where username = 'ben'`)
      const id = avatar.split('/')[2]
      expect((await verify(server)).found).toEqual([
        { room: '', seq: 0, what: 'file_leftover', file: id },
      ] as never)
      const { body } = await rest(server, ben).get(`/rooms/${room}/messages`)
      expect(body.items.length).toBeGreaterThan(3)
      await server.stop()
    },
  )
})

test('where the files are away, the rest is checked, and that is said', async () => {
  const bucket = await startS3()
  const server = await startServer({ settings: bucket.settings })
  const { ben } = await cast(server)
  const room = await makeRoom(server, ben)
  await post(server, ben, room, 'Hello')
  await sendFile(server, ben, room, 'kept')
  expect(await verify(server)).toMatchObject({ ok: true, found: [] })
  await bucket.stop()
  const away = await verify(server)
  expect(away).toMatchObject({
    ok: false,
    found: [],
    files_unread: expect.stringContaining('not responding'),
  })
  expect(away.lines.join('\n')).toContain('the files could not be compared')
  await server.stop()
})
