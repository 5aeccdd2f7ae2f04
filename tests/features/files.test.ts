// Longer than 300 lines: what a file goes through, from its first byte to its end.
import { expect, test } from 'bun:test'
import { depotOf } from '../../src/features/attachments/depot.ts'
import { sweepRemoved } from '../../src/features/attachments/removed.ts'
import { removeFile } from '../../src/features/attachments/store.ts'
import { removeUnsent } from '../../src/features/files/sweep.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { rest, socketOf, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { bytesLeft, download, sendFile, upload } from '../support/files.ts'
import { onePixel } from '../support/pictures.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const bytesOf = (count: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(count)
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

await onBothDatabases((database) => {
  const at = serverFor(
    { database, settings: { FILE_BYTES: '1MB', FILES_PER_USER: '20MB' } },
    async (server) => {
      const people = await cast(server)
      return { ...people, room: await makeRoom(server, people.ben, [people.cleo], { access: 'closed' }) }
    },
  )

  test.each(eachDoor)('a file is uploaded, sent, heard of and read, over %s', async (door) => {
    const { server, ben, cleo, dan, room } = at()
    const bytes = bytesOf(200_000)
    const { status, body: file } = await upload(server, ben, room, bytes, 'Häfen & "Möwen".bin')
    expect(status).toBe(201)
    expect(file).toEqual({
      id: expect.any(String),
      name: 'Häfen & _Möwen_.bin',
      type: 'application/octet-stream',
      bytes: 200_000,
    })
    const socket = await socketOf(server, cleo)
    await socket.ask({ type: 'room.subscribe', room })
    const client = await clientOver(door, server, ben)
    const sent = await client.send(room, {
      content: '',
      files: [file.id],
      client_id: `files ${door}`.replace(' ', '-'),
    })
    expect(sent.data?.seq).toBeGreaterThan(0)
    const seq = sent.data!.seq as number
    const event = await socket.next((frame) => frame.type === 'message.created' && frame.seq === seq)
    expect(event.message).toMatchObject({ content: '', files: [file] })
    const read = await rest(server, cleo).get(`/rooms/${room}/messages/${seq}`)
    expect(read.body.files).toEqual([file])
    const log = await rest(server, cleo).get(`/rooms/${room}/log?since=${seq - 1}`)
    expect(log.body.items[0].message.files).toEqual([file])

    const got = await download(server, cleo, file.id)
    expect(got.status).toBe(200)
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(bytes)
    expect(got.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
    expect(got.headers.get('content-security-policy')).toStartWith('sandbox')
    expect(got.headers.get('content-disposition')).toBe(
      `attachment; filename="Ha_fen & _Mo_wen_.bin"; filename*=UTF-8''H%C3%A4fen%20%26%20_M%C3%B6wen_.bin`,
    )
    expect((await download(server, dan, file.id)).status).toBe(404)
    expect((await download(server, undefined, file.id)).status).toBe(401)

    // A retry is the same message. Another file with the same client_id is refused.
    const again = await client.send(room, { content: '', files: [file.id], client_id: `files-${door}` })
    expect(again.data?.seq).toBe(seq)
    const { body: other } = await upload(server, ben, room, 'other')
    const reused = await client.send(room, { content: '', files: [other.id], client_id: `files-${door}` })
    expect(reused.reason).toBe('client_id_reused')
    expect((await client.send(room, { content: 'Twice', files: [file.id] })).reason).toBe('attachment_used')
    await client.close()
    await socket.close()
  })

  test('a part of a file is read without the rest', async () => {
    const { server, ben, room } = at()
    const bytes = bytesOf(300_000)
    const { files } = await sendFile(server, ben, room, bytes)
    const part = async (range: string) => {
      const got = await download(server, ben, files[0].id, { range })
      return {
        status: got.status,
        range: got.headers.get('content-range'),
        bytes: new Uint8Array(await got.arrayBuffer()),
      }
    }
    expect(await part('bytes=65530-65541')).toEqual({
      status: 206,
      range: 'bytes 65530-65541/300000',
      bytes: bytes.slice(65_530, 65_542),
    })
    expect(await part('bytes=299990-')).toEqual({
      status: 206,
      range: 'bytes 299990-299999/300000',
      bytes: bytes.slice(-10),
    })
    expect(await part('bytes=-70000')).toEqual({
      status: 206,
      range: 'bytes 230000-299999/300000',
      bytes: bytes.slice(-70_000),
    })
    expect(await part('bytes=0-99999999')).toEqual({ status: 206, range: 'bytes 0-299999/300000', bytes })
    expect(await part('bytes=300000-')).toMatchObject({ status: 416, range: 'bytes */300000' })
    for (const odd of [
      'bytes=5-2',
      'bytes=-',
      'bytes=0-1,4-5',
      'lines=1-2',
      `bytes=${'9'.repeat(400)}-`,
      'bytes=--1',
    ])
      expect(await part(odd)).toMatchObject({ status: 200, bytes })
    const etag = (await download(server, ben, files[0].id)).headers.get('etag')!
    const unchanged = await download(server, ben, files[0].id, { 'if-none-match': etag })
    expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
    expect(
      (await download(server, ben, files[0].id, { range: 'bytes=0-1', 'if-range': '"other"' })).status,
    ).toBe(200)
  })

  // Every file was sent as a stream, before which Bun leaves the header out: no browser knew how much was still to come.
  test('what is sent in one piece, and the answer to HEAD, say how long it is', async () => {
    const { server, ben, room } = at()
    const lengthOf = async (id: string, range?: string, method = 'GET') => {
      const got = await fetch(`${server.url}/files/${id}`, {
        method,
        headers: { authorization: `Bearer ${ben.token}`, ...(range ? { range } : {}) },
      })
      const { length } = await got.bytes()
      return { status: got.status, header: got.headers.get('content-length'), length }
    }
    const bytes = bytesOf(300_000)
    const { files: small } = await sendFile(server, ben, room, bytes.subarray(0, 262_144))
    const { files: large } = await sendFile(server, ben, room, bytes)
    expect(await lengthOf(small[0].id)).toEqual({ status: 200, header: '262144', length: 262_144 })
    expect(await lengthOf(small[0].id, 'bytes=65530-131079')).toEqual({
      status: 206,
      header: '65550',
      length: 65_550,
    })
    expect(await lengthOf(large[0].id, 'bytes=-262144')).toEqual({
      status: 206,
      header: '262144',
      length: 262_144,
    })
    expect(await lengthOf(large[0].id)).toMatchObject({ status: 200, length: 300_000 })
    const head = { status: 200, length: 0 }
    for (const range of [undefined, 'bytes=0-9']) {
      expect(await lengthOf(small[0].id, range, 'HEAD')).toEqual({ ...head, header: '262144' })
      expect(await lengthOf(large[0].id, range, 'HEAD')).toEqual({ ...head, header: '300000' })
    }
  })

  // `filename*=` alone was not read, and every such file was called "file".
  test('a form may give the name as RFC 8187 writes it', async () => {
    const { server, ben, room } = at()
    const nameOf = async (disposition: string) => {
      const response = await fetch(`${server.url}/rooms/${room}/files`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ben.token}`,
          'content-type': 'multipart/form-data; boundary=here',
        },
        body: `--here\r\nContent-Disposition: form-data; ${disposition}\r\n\r\nHello\r\n--here--\r\n`,
      })
      expect(response.status).toBe(201)
      return (await response.json()).name
    }
    expect(await nameOf(`name="file"; filename*=UTF-8''H%C3%A4fen%20%3B.txt`)).toBe('Häfen ;.txt')
    expect(await nameOf(`name=file; filename="H?fen.txt"; filename*=utf-8'de'H%C3%A4fen.txt`)).toBe(
      'Häfen.txt',
    )
    // Damaged, in another charset, and only inside of quotes.
    expect(await nameOf(`filename="plain.txt"; name="file"; filename*=UTF-8''%FF.txt`)).toBe('plain.txt')
    expect(await nameOf(`name="file"; filename="plain.txt"; filename*=iso-8859-1''%E4.txt`)).toBe('plain.txt')
    expect(await nameOf(`name="file"; filename="a; filename*=UTF-8''b.txt"`)).toBe(
      "a; filename_=UTF-8''b.txt",
    )
    expect(await nameOf(`name="file"`)).toBe('file')
  })

  test('only your own file of the same room can be sent, and once', async () => {
    const { server, ben, cleo, room } = at()
    const elsewhere = await makeRoom(server, ben, [cleo])
    const [own, twice] = [await upload(server, ben, room, 'own'), await upload(server, ben, room, 'twice')]
    const send = (person: typeof ben, where: string, files: string[]) =>
      rest(server, person).post(`/rooms/${where}/messages`, { content: '', files })
    expect((await send(cleo, room, [own.body.id])).body.reason).toBe('attachment_not_found')
    expect((await send(ben, elsewhere, [own.body.id])).body.reason).toBe('attachment_not_found')
    expect((await send(ben, room, ['nothing'])).body.reason).toBe('attachment_not_found')
    expect((await send(ben, room, [own.body.id, own.body.id])).body.errors[0].reason).toBe('repeated_item')
    expect((await send(ben, room, [])).status).toBe(422)
    expect((await send(ben, room, Array.from({ length: 11 }, String))).status).toBe(422)
    expect(
      (await rest(server, ben).post(`/rooms/${room}/messages`, { content: ' ' })).body.errors[0].reason,
    ).toBe('empty')
    // One of many messages at the same time gets the file, and the others are refused: nothing waits, nothing is lost.
    const socket = await socketOf(server, ben)
    const refs = Array.from({ length: 8 }, (_, index) => index)
    const answers = await Promise.all([
      ...refs.map((index) =>
        socket.ask({ type: 'message.send', room, content: `${index}`, files: [twice.body.id] }),
      ),
      ...refs.map(() => send(ben, room, [twice.body.id]).then(({ body }) => body)),
      socket.ask({ type: 'message.send', room, content: 'without' }),
    ])
    expect(answers.at(-1)!.type).toBe('reply')
    const stored = answers.slice(0, -1).filter((answer) => answer.type === 'reply' || answer.seq)
    expect(stored).toHaveLength(1)
    expect((await download(server, cleo, own.body.id)).status).toBe(404)
    await socket.close()
  })

  test('an upload with the same client_id is the same file', async () => {
    const { server, ben, room } = at()
    const first = await upload(server, ben, room, 'once', 'a.txt', { clientId: 'one-file' })
    const again = await upload(server, ben, room, 'once', 'a.txt', { clientId: 'one-file', form: true })
    expect(again.body).toEqual(first.body)
    expect((await upload(server, ben, room, 'once', 'b.txt', { clientId: 'one-file' })).body.reason).toBe(
      'client_id_reused',
    )
    const together = await Promise.all(
      Array.from({ length: 5 }, () =>
        upload(server, ben, room, 'together', 'c.txt', { clientId: 'together' }),
      ),
    )
    expect(new Set(together.map(({ body }) => body.id)).size).toBe(1)
  })

  test('a file goes with its message, its room and its person', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const message = await sendFile(server, ben, room, 'goes with its message')
    await rest(server, ben).patch(`/rooms/${room}/messages/${message.seq}`, { content: 'With words' })
    const edited = await rest(server, cleo).get(`/rooms/${room}/messages/${message.seq}`)
    expect(edited.body).toMatchObject({ content: 'With words', files: message.files })
    await rest(server, ben).delete(`/rooms/${room}/messages/${message.seq}`)
    const [{ id }] = message.files
    expect((await download(server, ben, id)).status).toBe(404)
    const deleted = await rest(server, cleo).get(`/rooms/${room}/messages/${message.seq}`)
    expect(deleted.body).toMatchObject({ content: '', deleted_at: expect.any(String) })
    expect(deleted.body).not.toHaveProperty('files')
    expect(deleted.body).not.toHaveProperty('damaged')

    const inRoom = await sendFile(server, cleo, room, 'goes with its room')
    const eve = await signUp(server, `eve-${crypto.randomUUID().slice(0, 8)}`)
    await rest(server, eve).put(`/rooms/general/members/me`, {})
    const hers = await sendFile(server, eve, 'general', 'goes with its person')
    await rest(server, ben).delete(`/rooms/${room}`)
    await rest(server, eve).call('DELETE', '/users/me', { current_password: eve.password })
    await sweepRemoved(server.tools)
    // The rows of a deleted room, and with them its files, are removed after the response.
    const isGone = async () => (await bytesLeft(server, inRoom.files[0].id)).length === 0
    await waitFor('the file of the room is gone', isGone)
    for (const gone of [id, inRoom.files[0].id, hers.files[0].id]) {
      expect(await bytesLeft(server, gone)).toEqual([])
      expect((await download(server, ada, gone)).status).toBe(404)
    }
    await rest(server, ada).put('/rooms/general/members/me', {})
    const stays = await rest(server, ada).get(`/rooms/general/messages/${hers.seq}`)
    expect(stays.body).toMatchObject({ author: { username: 'deleted-user' }, content: '' })
    expect(stays.body).not.toHaveProperty('files')
  })

  test('a file that nobody has sent within an hour is removed', async () => {
    const { server, ben, room } = at()
    const [{ body: loose }, message] = [
      await upload(server, ben, room, 'loose'),
      await sendFile(server, ben, room, 'sent'),
    ]
    const { clock } = server.tools
    server.tools.clock = () => new Date(Date.now() + 3_601_000)
    await removeUnsent(server.tools)
    server.tools.clock = clock
    await sweepRemoved(server.tools)
    expect((await download(server, ben, loose.id)).status).toBe(404)
    expect(await bytesLeft(server, loose.id)).toEqual([])
    expect((await download(server, ben, message.files[0].id)).status).toBe(200)
  })

  test('a file can be described, or removed, before it is sent', async () => {
    const { server, ben, cleo, room } = at()
    const { body: file } = await upload(server, ben, room, 'x', 'x.txt', { alt: 'A letter' })
    expect(file.alt).toBe('A letter')
    expect((await rest(server, cleo).patch(`/files/${file.id}`, { alt: 'B' })).status).toBe(404)
    const changed = await rest(server, ben).patch(`/files/${file.id}`, { alt: 'The letter X' })
    expect(changed.body).toEqual({ ...file, alt: 'The letter X' })
    const sent = await rest(server, ben).post(`/rooms/${room}/messages`, { content: 'See', files: [file.id] })
    expect(sent.body.files).toEqual([{ ...file, alt: 'The letter X' }])
    expect((await rest(server, ben).patch(`/files/${file.id}`, { alt: 'Y' })).body.reason).toBe('file_sent')
    expect((await rest(server, ben).delete(`/files/${file.id}`)).body.reason).toBe('file_sent')
    const { body: other } = await upload(server, ben, room, 'y')
    expect((await rest(server, cleo).delete(`/files/${other.id}`)).status).toBe(404)
    expect((await rest(server, ben).delete(`/files/${other.id}`)).status).toBe(204)
    expect((await download(server, ben, other.id)).status).toBe(404)
  })

  test('the description of a file stays as it was sent, if it is changed at the same moment', async () => {
    const { server, ben, room } = at()
    const { body: file } = await upload(server, ben, room, 'x', 'x.txt', { alt: 'A letter' })
    const { sql } = server.tools
    const { transaction } = sql
    sql.transaction = async (work) => {
      sql.transaction = transaction
      await rest(server, ben).post(`/rooms/${room}/messages`, { content: '', files: [file.id] })
      return transaction(work)
    }
    const late = await rest(server, ben).patch(`/files/${file.id}`, { alt: 'Another' })
    sql.transaction = transaction
    expect(late.body.reason).toBe('file_sent')
  })

  test('a slow upload is not removed, and one whose row is gone leaves no bytes', async () => {
    const { server, ben, room } = at()
    const { tools } = server
    const depot = await depotOf(tools)
    const { write } = depot
    const { clock } = tools
    const uploadAt = async (meanwhile: (id: string) => Promise<unknown>) => {
      let id = ''
      depot.write = async (name, pieces) => {
        id ||= name
        await write(name, pieces)
        await meanwhile(name)
      }
      const sent = await upload(server, ben, room, 'slow').finally(() => {
        depot.write = write
        tools.clock = clock
      })
      return { id, ...sent }
    }
    const slow = await uploadAt(async () => {
      tools.clock = () => new Date(Date.now() + 3_901_000)
      await removeUnsent(tools)
      tools.clock = clock
    })
    expect(slow.status).toBe(201)
    const lost = await uploadAt((id) => tools.sql.query('delete from files where id = $1', [id]))
    expect([lost.status, lost.body.reason]).toEqual([400, 'upload_cut'])
    expect(await bytesLeft(server, lost.id)).toEqual([])
  })

  test('while the depot cannot be reached, requests for files are refused with that reason', async () => {
    const { server, ben, room } = at()
    const { id } = (await upload(server, ben, room, onePixel, 'a.png')).body
    const depot = await depotOf(server.tools)
    const { open, write } = depot
    const away = async () => {
      throw Object.assign(new Error('away'), { code: 'EIO' })
    }
    try {
      depot.open = away
      expect((await upload(server, ben, room, onePixel, 'b.png')).body.reason).toBe('files_away')
      const preview = await download(server, ben, `${id}/preview?size=720`)
      expect((await preview.json()).reason).toBe('files_away')
      depot.open = open
      depot.write = away
      const unstored = await download(server, ben, `${id}/preview?size=720`)
      expect((await unstored.json()).reason).toBe('files_away')
      // Removed while its preview was made.
      depot.write = async (name, pieces) => {
        await removeFile(server.tools.sql, id)
        await sweepRemoved(server.tools)
        await write(name, pieces)
      }
      expect((await download(server, ben, `${id}/preview?size=720`)).status).toBe(404)
      expect(await bytesLeft(server, id)).toEqual([])
    } finally {
      Object.assign(depot, { open, write })
    }
  })

  test('a sound has a type without its codec', async () => {
    const { server, ben, room } = at()
    const opus = Buffer.concat([
      Buffer.from('OggS'),
      Buffer.alloc(24),
      Buffer.from('OpusHead'),
      Buffer.alloc(64),
    ])
    const { body } = await upload(server, ben, room, opus, 'a.ogg')
    expect(body.type).toBe('audio/ogg')
  })

  test('a signed address needs no token, for as long as its signer may read the file', async () => {
    const { server, ben, cleo, room } = at()
    const { files } = await sendFile(server, ben, room, 'signed')
    const { body } = await rest(server, cleo).post(`/files/${files[0].id}/address`)
    const got = await fetch(body.url)
    expect([got.status, await got.text()]).toEqual([200, 'signed'])
    expect(got.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    const other = await sendFile(server, ben, room, 'other')
    const moved = await fetch(body.url.replace(files[0].id, other.files[0].id))
    expect(moved.status).toBe(401)
    expect((await fetch(`${body.url}x`)).status).toBe(401)
    await rest(server, ben).delete(`/rooms/${room}/members/cleo`)
    expect((await fetch(body.url)).status).toBe(404)
    await rest(server, ben).put(`/rooms/${room}/members/cleo`, {})
    await rest(server, cleo).post(`/users/me/invitations/${room}/accept`)
  })

  test('a file that is too large, empty, or more than a person may have is refused', async () => {
    const { server, ben, room } = at()
    const as = rest(server, ben)
    for (const form of [false, true]) {
      const large = await upload(server, ben, room, bytesOf(1_000_001), 'large', { form })
      expect([large.status, large.body.reason]).toEqual([413, 'file_too_large'])
      const empty = await upload(server, ben, room, '', 'empty', { form })
      expect([empty.status, empty.body.reason]).toEqual([422, 'file_empty'])
    }
    // Before it is read, where it is declared.
    const eve = await signUp(server, `eve-${crypto.randomUUID().slice(0, 8)}`)
    await rest(server, eve).put('/rooms/general/members/me', {})
    for (let count = 0; count < 20; count++)
      expect((await upload(server, eve, 'general', bytesOf(999_000))).status).toBe(201)
    expect((await upload(server, eve, 'general', bytesOf(999_000))).body.reason).toBe('files_full')
    expect((await as.get(`/rooms/${room}`)).status).toBe(200)
    await post(server, ben, room, 'Still there')
  })
})
