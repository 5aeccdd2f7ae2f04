// Longer than 300 lines: all exports of one server are opened and read by the same few functions.
import { describe, expect, test } from 'bun:test'
import { depotOf, once } from '../../src/features/attachments/depot.ts'
import { scopeOf } from '../../src/features/auth/sessions.ts'
import { conversationFiles } from '../../src/features/exports/html/conversation.ts'
import { timesIn } from '../../src/features/exports/html/times.ts'
import { exportOwn } from '../../src/features/exports/own.ts'
import { exportRoom } from '../../src/features/exports/room.ts'
import { zip } from '../../src/features/exports/zip.ts'
import type { Message } from '../../src/protocol/messages.ts'
import { createClient } from '../../src/sdk/client.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { putPicture, sendFile } from '../support/files.ts'
import { onePixel } from '../support/pictures.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'
import { ask, exportOf, fileOf, unzip } from './exported.ts'
import { meet } from './listener.ts'
import { makeToken } from './tokens.ts'
import { textsOf, wholeProfile } from './whole-profile.ts'

const own = '/users/me/export'

/** All that a page consists of. */
const tags =
  '!doctype html head meta title style body nav a h1 h2 p article div strong bdi span time ul li table thead tbody tr th td details summary'.split(
    ' ',
  )

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const as = (person: { token: string }) => rest(at().server, person)
  const fresh = async (name: string) => signUp(at().server, `${name}-${crypto.randomUUID().slice(0, 8)}`)

  describe('what is stored about a person', () => {
    test('has their profile, their own messages in rooms, and direct conversations as a whole', async () => {
      const { server, ben, cleo } = at()
      const eve = await fresh('eve')
      const room = await makeRoom(server, ben, [eve], { title: 'Garden' })
      await post(server, ben, room, 'The words of Ben')
      const seq = await post(server, eve, room, 'The first words of Eve')
      await as(eve).patch(`/rooms/${room}/messages/${seq}`, { content: 'The changed words of Eve' })
      await as(ben).put(`/rooms/${room}/messages/${seq}/reactions/🎉`)
      const second = await post(server, ben, room, 'Ben again')
      await as(eve).put(`/rooms/${room}/messages/${second}/reactions/👍`)
      await as(eve).put(`/rooms/${room}/messages/${second}/thread/follow`)
      const gone = await post(server, eve, room, 'A secret')
      await as(eve).delete(`/rooms/${room}/messages/${gone}`)
      const direct = (await as(eve).post('/directs', { usernames: ['cleo'] })).body.id
      await post(server, cleo, direct, 'Psst, says Cleo')
      await makeToken(server, eve, { scopes: ['read'] })

      const profile = wholeProfile()
      await rest(server, eve).patch('/users/me', profile)

      const exported = await exportOf(server, eve, own)
      for (const text of textsOf(profile)) expect(exported.files['index.html']).toContain(text)
      expect(
        Object.keys(exported.files)
          .filter((name) => name.endsWith('.html'))
          .toSorted(),
      ).toEqual(['index.html', 'rooms/1-direct-cleo.html', `rooms/2-${room}.html`])
      const account = JSON.parse(exported.files['account.json']!)
      expect(account).toMatchObject({
        profile: { username: eve.username, email: eve.email, ...profile },
        sessions: [{ current: true }],
        tokens: [{ scopes: ['read'] }],
        threads: [{ room, seq: second, following: true }],
      })
      expect(exported.text).not.toContain('parley_')
      const json = JSON.parse(fileOf(exported, `${room}.json`))
      expect(json.room).toMatchObject({ id: room, title: 'Garden', role: 'member' })
      expect(json.messages).toMatchObject([
        {
          seq,
          content: 'The changed words of Eve',
          edited_at: expect.any(String),
          reactions: [{ emoji: '🎉', count: 1 }],
        },
        { seq: gone, content: '', deleted_at: expect.any(String) },
      ])
      expect(json.reactions).toEqual([{ seq: second, emoji: '👍' }])
      expect(fileOf(exported, 'direct-cleo.html')).toContain('Psst, says Cleo')
      const page = fileOf(exported, `${room}.html`)
      expect(page).toContain('The changed words of Eve')
      expect(page).toMatch(/edited \d/)
      for (const hidden of ['words of Ben', 'Ben again', 'first words', 'A secret'])
        expect(exported.text).not.toContain(hidden)
    })

    test('has what they wrote in rooms that they have left, without what these are called now', async () => {
      const { server, ben } = at()
      const eve = await fresh('eve')
      const [left, silent] = [await makeRoom(server, ben, [eve]), await makeRoom(server, ben, [eve])]
      await post(server, eve, left, 'Said and gone')
      await post(server, ben, silent, 'Nothing of hers here')
      for (const room of [left, silent]) await as(ben).delete(`/rooms/${room}/members/${eve.username}`)
      await as(ben).patch(`/rooms/${left}`, { title: 'A new secret title' })
      const exported = await exportOf(server, eve, own)
      expect(JSON.parse(fileOf(exported, `${left}.json`))).toMatchObject({
        room: { id: left },
        left: true,
        messages: [{ content: 'Said and gone' }],
      })
      expect(Object.keys(exported.files).some((name) => name.includes(silent))).toBe(false)
      expect(exported.text).not.toContain('A new secret title')
    })

    test('has the bytes of their files, of those in direct conversations, and of their picture', async () => {
      const { server, ben, cleo } = at()
      const eve = await fresh('eve')
      const [room, left] = [await makeRoom(server, ben, [eve]), await makeRoom(server, ben, [eve])]
      const bytes = crypto.getRandomValues(new Uint8Array(200_000))
      const [mine] = (await sendFile(server, eve, room, bytes, 'Möwen & <b>.bin')).files
      const [bens] = (await sendFile(server, ben, room, 'The file of Ben', 'ben.txt')).files
      const [gone] = (await sendFile(server, eve, left, 'Left behind', 'left.txt')).files
      await as(ben).delete(`/rooms/${left}/members/${eve.username}`)
      const direct = (await as(eve).post('/directs', { usernames: ['cleo'] })).body.id
      const [cleos] = (await sendFile(server, cleo, direct, 'Psst', 'psst.txt')).files
      const { avatar } = (await putPicture(server, eve, '/users/me/avatar', onePixel)).body
      const deleted = await sendFile(server, eve, room, 'A secret', 'secret.txt')
      await as(eve).delete(`/rooms/${room}/messages/${deleted.seq}`)

      const exported = await exportOf(server, eve, own)
      const path = ({ id, name }: { id: string; name: string }) => `files/${id}/${name}`
      expect(
        Object.keys(exported.files)
          .filter((name) => name.startsWith('files/'))
          .toSorted(),
      ).toEqual([path(mine), path(gone), path(cleos), `files/${avatar.split('/')[2]}/me.jpg`].toSorted())
      expect(Buffer.from(exported.files[path(mine)]!, 'latin1').equals(bytes)).toBe(true)
      expect(exported.files[path(cleos)]).toBe('Psst')
      expect(exported.files[path(gone)]).toBe('Left behind')
      expect(exported.text).not.toContain('The file of Ben')
      expect(exported.text).not.toContain(bens.id)
      expect(fileOf(exported, `${room}.html`)).toContain(
        `href="../files/${mine.id}/${encodeURIComponent(mine.name)}"`,
      )

      const ofRoom = await exportOf(server, ben, `/rooms/${room}/export`)
      expect(ofRoom.files[path(bens)]).toBe('The file of Ben')
      expect(Buffer.from(ofRoom.files[path(mine)]!, 'latin1').equals(bytes)).toBe(true)
      expect(ofRoom.files['messages.html']).toContain(`href="files/${bens.id}/ben.txt"`)
      expect(Object.keys(ofRoom.files).filter((name) => name.startsWith('files/'))).toHaveLength(2)
    })

    test('goes on where a file is damaged, and says which', async () => {
      const { server } = at()
      const eve = await fresh('eve')
      const room = await makeRoom(server, eve)
      const [whole] = (await sendFile(server, eve, room, 'whole', 'whole.txt')).files
      const [cut] = (await sendFile(server, eve, room, new Uint8Array(300_000), 'cut.bin')).files
      const [lost] = (await sendFile(server, eve, room, 'lost', 'lost.txt')).files
      const depot = await depotOf(server.tools)
      await depot.remove(lost.id)
      const file = (await depot.open(cut.id))!
      const sealed = Buffer.from(await file.read(0, file.bytes))
      await file.close()
      sealed[200_000]! ^= 1
      await depot.write(cut.id, once(sealed))
      const exported = await exportOf(server, eve, own)
      expect(exported.files[`files/${whole.id}/whole.txt`]).toBe('whole')
      expect(exported.files['files/damaged.txt']!.trim().split('\n').slice(1).toSorted()).toEqual(
        [`files/${cut.id}/cut.bin`, `files/${lost.id}/lost.txt`].toSorted(),
      )
      expect(exported.files['index.html']).toContain(eve.username)
    })

    test('folds what somebody wrote whom they have blocked', async () => {
      const { server } = at()
      const [eve, rude] = [await fresh('eve'), await fresh('rude')]
      const { body } = await as(eve).post('/directs', { usernames: [rude.username] })
      await post(server, rude, body.id, 'Rude words')
      await as(eve).put(`/users/me/blocks/${rude.username}`)
      const exported = await exportOf(server, eve, own)
      expect(JSON.parse(exported.files['account.json']!).blocks).toMatchObject([{ username: rude.username }])
      expect(fileOf(exported, `direct-${rude.username}.html`)).toMatch(
        /<details><summary>From somebody whom you have blocked<\/summary>.*Rude words/,
      )
    })

    test('names and texts are text: no name leads out of the folder, and no text is a tag', async () => {
      const { server, ben } = at()
      const [eve, one, two] = [await fresh('eve'), await fresh('same.name'), await fresh('same-name')]
      const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
      await as(eve).patch('/users/me', { display_name: `E ${evil}` })
      const room = await makeRoom(server, eve, [ben], {
        title: `../../etc/passwd ${evil}`,
        description: evil,
      })
      const device = (await as(eve).post('/rooms', { id: `con-${room}`, title: 'CON' })).body.id
      await post(server, eve, room, `${evil} \u202eReversed\u0007 </div></article> &lt;`)
      // Names that would be one file without what no file may be called.
      for (const { username } of [one, two]) {
        const { body } = await as(eve).post('/directs', { usernames: [username] })
        await post(server, eve, body.id, `To ${username}`)
      }
      for (const path of [own, `/rooms/${room}/export`]) {
        const { files } = await exportOf(server, eve, path)
        for (const [name, text] of Object.entries(files)) {
          expect(name).toMatch(/^(rooms\/)?[a-z0-9][a-z0-9_-]*\.(html|json)$/)
          if (!name.endsWith('.html')) continue
          for (const [, tag] of text.matchAll(/<\/?([^\s>]*)/g)) expect(tags).toContain(tag!.toLowerCase())
          for (const [, address] of text.matchAll(/\s(?:href|src)="([^"]*)"/g))
            expect(address).toMatch(/^((\.\.\/)?[a-z0-9/_-]+\.html)?(#m\d+)?$/)
          expect(text).not.toContain('\u0007')
          expect(text).toStartWith('<!doctype html>')
        }
        expect(Object.values(files).join()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
      }
      expect(device).toBe(`con-${room}`)
    })

    test('times are in the zone of the reader if they say which, and every page says so', async () => {
      const { server } = at()
      const [eve, ann] = (await meet(server, 'eve', 'ann')) as [Person, Person]
      await post(server, eve, await makeRoom(server, eve), 'Now')
      const utc = await exportOf(server, eve, own)
      expect(utc.files['index.html']).toContain('Times are in UTC.')
      const tokyo = await exportOf(server, eve, `${own}?time_zone=Asia/Tokyo`)
      for (const [name, text] of Object.entries(tokyo.files))
        if (name.endsWith('.html')) expect(text).toContain('Times are in Asia/Tokyo.')
      const { status, body } = await as(ann).get(`${own}?time_zone=Moon/Tycho`)
      expect([status, body.errors]).toEqual([
        422,
        [expect.objectContaining({ path: '/time_zone', reason: 'time_zone_unknown' })],
      ])
    })

    test('a token may not take it, and nobody takes two at a time', async () => {
      const { server } = at()
      const eve = await fresh('eve')
      const token = await makeToken(server, eve, { scopes: ['read', 'write', 'rooms'] })
      expect((await as(token).get(own)).body.reason).toBe('token_not_allowed')
      // Nobody reads it, so it waits.
      const scope = await scopeFor(server, eve)
      const first = exportOwn(scope, {}, new Request('http://localhost/'))
      expect(await as(eve).get(own)).toMatchObject({ status: 429, body: { reason: 'export_running' } })
      await first.body!.cancel()
      const second = await ask(server, eve, own)
      expect(second.headers.get('content-disposition')).toMatch(
        new RegExp(`^attachment; filename="parley-${eve.username}-\\d{4}-\\d\\d-\\d\\d\\.zip"$`),
      )
      await unzip(await second.bytes())
      expect((await ask(server, eve, own)).status).toBe(200)
    })
  })

  describe('a room', () => {
    test('is taken out by its owner: messages with all that became of them, members, pins, replies', async () => {
      const { server, ben, cleo, ada } = at()
      const room = await makeRoom(server, ben, [cleo], { title: 'Garden', description: 'Roses' })
      const path = `/rooms/${room}/messages`
      const first = await post(server, cleo, room, 'Is the harbour open?')
      const answer = (await as(ben).post(path, { content: 'Since six.', reply_to: first })).body.seq
      await as(ben).put(`/rooms/${room}/pins/${answer}`)
      await as(ben).put(`${path}/${first}/reactions/👍`)
      await as(cleo).put(`${path}/${first}/reactions/👍`)
      await as(cleo).patch(`${path}/${first}`, { content: 'Is the harbour open now?' })
      const gone = await post(server, cleo, room, 'A secret')
      await as(cleo).delete(`${path}/${gone}`)
      const damaged = await post(server, cleo, room, 'Will be damaged')
      const [{ key }] = (await server.tools.sql.query('select key from rooms where id = $1', [room])) as [
        { key: number },
      ]
      await server.tools.sql.query("update log set body = '1.x.y' where room_key = $1 and seq = $2", [
        key,
        damaged,
      ])

      await rest(server, ben).put(`/rooms/${room}/favourite`, { favourite: true })
      const exported = await exportOf(server, ben, `/rooms/${room}/export`)
      expect(Object.keys(exported.files)).toEqual(['room.json', 'messages.html', 'index.html'])
      const json = JSON.parse(exported.files['room.json']!)
      expect(json).toMatchObject({
        exported_by: 'ben',
        room: { id: room, title: 'Garden', description: 'Roses' },
        members: [
          { username: 'ben', role: 'owner' },
          { username: 'cleo', role: 'member' },
        ],
        messages: [
          { seq: first, content: 'Is the harbour open now?', reactions: [{ emoji: '👍', count: 2 }] },
          { seq: answer, content: 'Since six.', reply_to: first, pinned: true },
          { seq: gone, content: '', deleted_at: expect.any(String) },
          { seq: damaged, content: '', damaged: true },
        ],
      })
      // It is the room's: nothing of what it is for the person who takes it.
      const { role, read_seq, favourite } = json.room
      expect([role, read_seq, favourite, json.messages[0].reactions[0].mine]).toEqual(
        Array.from({ length: 4 }, () => undefined),
      )
      const page = exported.files['messages.html']!
      expect(page).toContain(
        `In reply to <a href="messages.html#m${first}"><bdi>cleo</bdi>: <bdi>Is the harbour open now?</bdi></a>`,
      )
      expect(page).toContain('This message was deleted.')
      expect(page).toContain('This message is damaged')
      expect(exported.files['index.html']).toContain(
        `<li><a href="messages.html#m${answer}"><bdi>Since six.</bdi></a></li>`,
      )
      expect(exported.text).not.toContain('A secret')
      const [act] = (await as(ada).get('/audit?limit=1')).body.items
      expect(act).toMatchObject({ actor: 'ben', action: 'room.exported', room })
    })

    test('is not taken out by members, or by an administrator who is not in it; nobody takes out a direct one so', async () => {
      const { server, ada, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const reasonFor = async (person: Person, id = room) =>
        (await as(person).get(`/rooms/${id}/export`)).body.reason
      expect([await reasonFor(cleo), await reasonFor(ada)]).toEqual(['owners_only', 'not_a_member'])
      await as(ada).put(`/rooms/${room}/members/me`)
      await exportOf(server, ada, `/rooms/${room}/export`)
      const { body } = await as(ada).post('/directs', { usernames: ['ben'] })
      expect(await reasonFor(ada, body.id)).toBe('direct_not_exported')
      expect(await reasonFor(ben, body.id)).toBe('direct_not_exported')
    })

    test('a person who loses the right to an export meanwhile gets no more of it, and half an export cannot be opened', async () => {
      const { server, ben } = at()
      const eve = await fresh('eve')
      const room = await makeRoom(server, eve, [ben])
      await as(eve).put(`/rooms/${room}/members/ben`, { role: 'owner' })
      await fillRoom(server, eve, room, 1_000)
      const scope = await scopeFor(server, eve)
      // Without a network, whose buffers would take all of it.
      const response = await exportRoom(scope, room, {}, new Request('http://localhost/'))
      const reader = response.body!.getReader()
      const pieces: Uint8Array[] = []
      const next = async () => {
        const { value, done } = await reader.read()
        if (value) pieces.push(value)
        return done
      }
      while (pieces.reduce((sum, { length }) => sum + length, 0) < 100_000) await next()
      await as(ben).put(`/rooms/${room}/members/${eve.username}`, { role: 'member' })
      const rest = async () => {
        while (!(await next())) {}
      }
      expect(rest()).rejects.toBeUndefined()
      await rest().catch(() => {})
      const got = Buffer.concat(pieces)
      expect(unzip(got)).rejects.toThrow('BadZipFile')
      // At most what was under way.
      expect(got.length).toBeLessThan(1_500_000)
      // And the slot is free again.
      expect((await ask(server, eve, own)).status).toBe(200)
    })
  })

  test('the SDK gives the file while it is made', async () => {
    const { server } = at()
    const eve = await fresh('eve')
    const room = await makeRoom(server, eve)
    await post(server, eve, room, 'Hello')
    const session = tokenSession({ access_token: eve.token, refresh_token: eve.refreshToken })
    using client = createClient({ url: server.url, session })
    const whole = await unzip(await (await client.exportOwn({ time_zone: 'Europe/Berlin' })).bytes())
    expect(whole.files['index.html']).toContain('Europe/Berlin')
    const ofRoom = await unzip(await (await client.room(room).export()).bytes())
    expect(Object.keys(ofRoom.files)).toContain('room.json')
    expect(client.room('nowhere').export()).rejects.toMatchObject({ reason: 'room_not_found' })
  })
})

async function scopeFor({ tools }: TestServer, { id }: Person) {
  const [{ session }] = (await tools.sql.query('select id as session from sessions where user_id = $1', [
    id,
  ])) as [{ session: string }]
  return scopeOf(tools, session, id)
}

/** Messages that hardly get smaller in a zip, as fast as a socket takes them. */
async function fillRoom(server: { url: string }, person: Person, room: string, count: number) {
  const socket = await socketOf(server, person)
  await socket.next('hello')
  const text = () => Buffer.from(crypto.getRandomValues(new Uint8Array(1_500))).toString('base64')
  for (let sent = 0; sent < count; sent += 100) {
    const replies = Array.from({ length: Math.min(100, count - sent) }, () =>
      socket.ask({ type: 'message.send', room, content: text() }),
    )
    for (const { type } of await Promise.all(replies)) expect(type).toBe('reply')
  }
  await socket.close()
}

test('exports have a budget of their own', async () => {
  const server = await startServer({ settings: { RATE_LIMITS: 'on' } })
  const { ben } = await cast(server)
  for (let count = 0; count < 6; count++) await exportOf(server, ben, own)
  const { status, headers, body } = await rest(server, ben).get(own)
  expect([status, body.reason]).toEqual([429, 'too_many_exports'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(60)
  await server.stop()
})

/** A reader that stops costs memory for some pieces, and not for the whole export. */
test('an export is made no faster than somebody takes it', async () => {
  let made = 0
  async function* pieces() {
    for (; made < 1_000; made++) yield crypto.getRandomValues(Buffer.alloc(60_000)).toString('latin1')
  }
  async function* files() {
    yield { name: 'large.txt', pieces: pieces() }
  }
  const exported = zip(files(), new Date())
  await exported.next()
  // Whatever would still be made by itself is made now.
  await Bun.sleep(200)
  expect(made).toBeLessThan(20)
  await exported.return(undefined)
  expect(made).toBeLessThan(20)
})

test('a conversation of thousands of messages has several pages, which lead to one another', async () => {
  const author = { username: 'ben', display_name: 'Ben' }
  const messageAt = (seq: number): Message => ({
    ...{ room: 'garden', seq, author, content: `Message ${seq}`, reactions: [] },
    created_at: '2026-11-20T19:42:04.946Z',
  })
  async function* pages(): AsyncGenerator<Message[]> {
    for (let from = 1; from <= 5_200; from += 200)
      yield Array.from({ length: 200 }, (_, n) => messageAt(from + n))
    yield [
      { ...messageAt(5_201), reply_to: 3 },
      { ...messageAt(5_202), reply_to: 5_100 },
    ]
  }
  const conversation = {
    ...{ path: 'rooms/1-garden', title: 'Garden', index: '../index.html', intro: '', pages: pages() },
    ...{ times: timesIn('UTC'), isWhole: true, blocked: new Set<string>(), hrefOf: () => '' },
  }
  const written = { messages: 0, pins: [] }
  const found: Record<string, string> = {}
  for await (const { name, pieces } of conversationFiles(conversation, written)) {
    found[name] = (await Array.fromAsync(pieces)).join('')
  }
  expect(Object.keys(found)).toEqual(['rooms/1-garden.html', 'rooms/1-garden-2.html'])
  const [one, two] = Object.values(found) as [string, string]
  const count = (page: string) => page.match(/<article /g)!.length
  expect([count(one), count(two), written.messages]).toEqual([5_000, 202, 5_202])
  expect(one).toContain('<a href="1-garden-2.html">Later messages</a>')
  expect(two).toContain('<a href="1-garden.html">Earlier messages</a>')
  // Too far back to be in memory: it leads there without a text.
  expect(two).toContain('In reply to <a href="1-garden.html#m3">message 3</a>')
  expect(two).toContain(
    'In reply to <a href="1-garden-2.html#m5100"><bdi>Ben</bdi>: <bdi>Message 5100</bdi></a>',
  )
})
