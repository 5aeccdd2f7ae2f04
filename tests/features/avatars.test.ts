// Longer than 300 lines: people and rooms have the same pictures, and the same tests.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sweepRemoved } from '../../src/features/attachments/removed.ts'
import { cast, makeRoom, post, setUp, signUp } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { bytesLeft, download, look, putPicture, upload } from '../support/files.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { bitmap, photo, secret } from '../support/pictures.ts'
import { postgresForTests } from '../support/postgres.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { meet } from './listener.ts'

const mine = '/users/me/avatar'
const picture = await photo(1, 400, 300)
const idIn = (address: string): string => address.split('/')[2]!

await onBothDatabases((database) => {
  const at = serverFor(
    { database, settings: { FILE_BYTES: '1MB', FILES_PER_USER: '3MB' } },
    async (server) => {
      const people = await cast(server)
      return { ...people, room: await makeRoom(server, people.ben, [people.cleo], { access: 'closed' }) }
    },
  )
  const left = async (...addresses: string[]): Promise<string[]> => {
    const { server } = at()
    await sweepRemoved(server.tools)
    return (await Promise.all(addresses.map((address) => bytesLeft(server, idIn(address))))).flat()
  }
  const heard = (frames: readonly Frame[], type: string) => frames.filter((frame) => frame.type === type)

  test.each(eachDoor)('a person has a picture wherever they are named, over %s', async (door) => {
    const { server, ben, cleo, room } = at()
    const { seq } = (await rest(server, ben).post(`/rooms/${room}/messages`, { content: 'Before' })).body
    const put = await putPicture(server, ben, mine, picture, { form: door === 'rest' })
    expect(put.status).toBe(200)
    const { avatar } = put.body
    expect(avatar).toMatch(/^\/files\/[0-9a-f-]{36}\/preview$/)

    const author = { username: 'ben', display_name: 'ben', avatar }
    const as = rest(server, cleo)
    expect((await rest(server, ben).get('/users/me')).body.avatar).toBe(avatar)
    expect((await as.get('/users/ben')).body.avatar).toBe(avatar)
    expect((await as.get(`/rooms/${room}/messages/${seq}`)).body.author).toEqual(author)
    const { items } = (await as.get(`/rooms/${room}/members`)).body
    expect(items.find(({ username }: Person) => username === 'ben').avatar).toBe(avatar)
    expect(items.find(({ username }: Person) => username === 'cleo')).not.toHaveProperty('avatar')
    await rest(server, ben).put(`/rooms/${room}/messages/${seq}/reactions/👍`)
    const reactions = (await as.get(`/rooms/${room}/messages/${seq}/reactions`)).body.items
    expect(reactions[0].users).toEqual([author])
    const log = (await as.get(`/rooms/${room}/log?since=${seq - 1}`)).body.items
    expect(log[0].message.author).toEqual(author)
    const socket = await socketOf(server, ben)
    expect((await socket.next('hello')).user.avatar).toBe(avatar)
    await socket.ask({ type: 'room.subscribe', room })
    const client = await clientOver(door, server, ben)
    await client.send(room, { content: 'After' })
    expect((await socket.next('message.created')).message.author).toEqual(author)
    const listed = (await client.list(room, { limit: 1 })).data
    expect(listed?.items[0].author).toEqual(author)
    await client.close()
    await socket.close()
  })

  test('those who share a room hear of a new picture and of a new name at once, and nobody else', async () => {
    const { server } = at()
    const [eve, fay, gus] = (await meet(server, 'eve', 'fay', 'gus')) as [Person, Person, Person]
    const room = await makeRoom(server, eve, [fay])
    const other = await makeRoom(server, fay, [gus])
    const [hers, theirs, apart] = [
      await socketOf(server, eve),
      await socketOf(server, fay),
      await socketOf(server, gus),
    ]
    await theirs.ask({ type: 'room.subscribe', room })
    await apart.ask({ type: 'room.subscribe', room: other })
    const { avatar } = (await putPicture(server, eve, mine, picture)).body
    const person = { type: 'profile.changed', room, username: eve.username, display_name: eve.username }
    expect(await theirs.next('profile.changed')).toEqual({ ...person, avatar })
    expect((await hers.next('user.updated')).user.avatar).toBe(avatar)
    const second = (await putPicture(server, eve, mine, bitmapAsPng)).body.avatar
    expect(second).not.toBe(avatar)
    expect(await theirs.next('profile.changed')).toEqual({ ...person, avatar: second })
    await rest(server, eve).patch('/users/me', { display_name: 'Eve' })
    expect(await theirs.next('profile.changed')).toEqual({ ...person, display_name: 'Eve', avatar: second })
    await rest(server, eve).patch('/users/me', { display_name: 'Eve', direct_from: 'shared' })
    expect((await rest(server, eve).delete(mine)).status).toBe(204)
    expect(await theirs.next('profile.changed')).toEqual({ ...person, display_name: 'Eve' })
    // There is none to remove, and nothing to hear of.
    expect((await rest(server, eve).delete(mine)).status).toBe(204)
    await post(server, eve, room, 'Last')
    const last = await theirs.next((frame) => frame.message?.content === 'Last')
    expect(last.message.author).toEqual({ username: eve.username, display_name: 'Eve' })
    expect(heard(theirs.all, 'profile.changed')).toHaveLength(4)
    expect(heard(apart.all, 'profile.changed')).toEqual([])
    for (const socket of [hers, theirs, apart]) await socket.close()
  })

  test('a picture is seen by all who are signed in, small, for as long as it is the picture', async () => {
    const { server, ben, dan } = at()
    const first = (await putPicture(server, ben, mine, picture)).body.avatar
    const seen = await look(server, dan, first)
    expect([seen.status, seen.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(seen.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect((await seen.arrayBuffer()).byteLength).toBeLessThan(picture.length)
    expect((await look(server, dan, `${first}?size=720`)).status).toBe(200)
    expect((await look(server, undefined, first)).status).toBe(401)
    // What tells a place or a device is taken out of the original too.
    const original = await download(server, dan, idIn(first))
    expect(Buffer.from(await original.arrayBuffer()).includes(secret)).toBe(false)
    // It is no file that somebody sends or deletes.
    expect((await rest(server, ben).delete(`/files/${idIn(first)}`)).status).toBe(404)
    const room = await makeRoom(server, ben)
    const sent = await rest(server, ben).post(`/rooms/${room}/messages`, {
      content: '',
      files: [idIn(first)],
    })
    expect(sent.body.reason).toBe('attachment_not_found')

    const second = (await putPicture(server, ben, mine, picture)).body.avatar
    expect((await look(server, dan, first)).status).toBe(404)
    expect((await look(server, dan, second)).status).toBe(200)
    expect(await left(first)).toEqual([])
    await rest(server, ben).delete(mine)
    expect((await look(server, dan, second)).status).toBe(404)
    expect(await left(second)).toEqual([])
  })

  test('what is no picture, or too large, is refused, and the picture stays', async () => {
    const { server, ben } = at()
    const { avatar } = (await putPicture(server, ben, mine, picture)).body
    const refusal = async (bytes: Uint8Array | string) => {
      const { status, body } = await putPicture(server, ben, mine, bytes)
      return [status, body.reason ?? body.errors?.[0]?.reason]
    }
    expect(await refusal('a text')).toEqual([422, 'not_a_picture'])
    expect(await refusal('<svg xmlns="http://www.w3.org/2000/svg"/>')).toEqual([422, 'not_a_picture'])
    expect(await refusal(picture.subarray(0, 400))).toEqual([422, 'not_a_picture'])
    expect(await refusal('')).toEqual([422, 'file_empty'])
    expect(await refusal(new Uint8Array(1_000_001))).toEqual([413, 'file_too_large'])
    const bomb = Buffer.from(bitmapAsPng)
    bomb.writeUInt32BE(60_000, 16)
    bomb.writeUInt32BE(60_000, 20)
    bomb.writeUInt32BE(Bun.hash.crc32(bomb.subarray(12, 29)), 29)
    expect(await refusal(bomb)).toEqual([413, 'picture_too_large'])
    expect((await rest(server, ben).get('/users/me')).body.avatar).toBe(avatar)
    const [left] = await server.tools.sql.query<{ count: number }>(
      `select count(*)::int as count from files where purpose = 'avatar' and state = 'uploading'`,
    )
    expect(left!.count).toBe(0)
  })

  test('of many pictures at the same time one is the picture, and the others are gone', async () => {
    const { server, ben } = at()
    const all = await Promise.all(Array.from({ length: 6 }, () => putPicture(server, ben, mine, picture)))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    const { avatar } = (await rest(server, ben).get('/users/me')).body
    const others = all.map(({ body }) => body.avatar as string).filter((each) => each !== avatar)
    expect(await left(...others)).toEqual([])
    expect(await left(avatar)).toContain(idIn(avatar))
  })

  test('a picture counts for the files of its person', async () => {
    const { server } = at()
    const eve = await signUp(server, `eve-${crypto.randomUUID().slice(0, 8)}`)
    const room = await makeRoom(server, eve)
    for (let n = 0; n < 3; n++) await upload(server, eve, room, new Uint8Array(1_000_000))
    expect((await putPicture(server, eve, mine, picture)).body.reason).toBe('files_full')
  })

  test('the owners of a room give it a picture, and its members hear of that in its log', async () => {
    const { server, ada, ben, cleo, dan, room } = at()
    const socket = await socketOf(server, cleo)
    const { epoch, head } = await socket
      .ask({ type: 'room.subscribe', room })
      .then(({ data }) => data as { epoch: string; head: number })
    const path = `/rooms/${room}/avatar`
    expect((await putPicture(server, cleo, path, picture)).body.reason).toBe('owners_only')
    expect((await putPicture(server, dan, path, picture)).status).toBe(404)
    const put = await putPicture(server, ben, path, picture)
    expect(put.status).toBe(200)
    const { avatar } = put.body
    const event = await socket.next('room.updated')
    expect(event).toMatchObject({ seq: head + 1, epoch, actor: 'ben', changed: { avatar } })
    const listed = (await rest(server, cleo).get('/rooms')).body.items
    expect(listed.find(({ id }: { id: string }) => id === room).avatar).toBe(avatar)
    const hello = await (await socketOf(server, cleo)).next('hello')
    expect(hello.rooms.find(({ id }: { id: string }) => id === room).avatar).toBe(avatar)

    // Those who can find the room see it: not Dan, and an administrator without being a member.
    expect((await look(server, cleo, avatar)).status).toBe(200)
    expect((await look(server, ada, avatar)).status).toBe(200)
    expect((await look(server, dan, avatar)).status).toBe(404)

    const second = (await putPicture(server, ada, path, picture)).body.avatar
    const audit = (await rest(server, ada).get('/audit?limit=1')).body.items
    expect(audit[0]).toMatchObject({ action: 'room.changed', room, detail: { fields: ['avatar'] } })
    expect((await look(server, cleo, avatar)).status).toBe(404)
    expect((await rest(server, cleo).delete(path)).body.reason).toBe('owners_only')
    expect((await rest(server, ben).delete(path)).status).toBe(204)
    expect((await rest(server, ben).delete(path)).status).toBe(204)
    await socket.next((frame) => frame.seq === head + 3)
    const log = (await rest(server, cleo).get(`/rooms/${room}/log?since=${head}`)).body.items
    expect(log.map(({ changed }: Frame) => changed)).toEqual([
      { avatar },
      { avatar: second },
      { avatar: null },
    ])
    expect((await rest(server, cleo).get(`/rooms/${room}`)).body).not.toHaveProperty('avatar')
    await socket.close()
  })

  test('a direct room of two looks like the other person, and takes no picture', async () => {
    const { server, ada, ben, cleo } = at()
    const { id } = (await rest(server, ben).post('/directs', { usernames: ['cleo'] })).body
    const { avatar } = (await putPicture(server, ben, mine, picture)).body
    expect((await rest(server, cleo).get(`/rooms/${id}`)).body.avatar).toBe(avatar)
    expect((await rest(server, ben).get(`/rooms/${id}`)).body).not.toHaveProperty('avatar')
    const hello = await (await socketOf(server, cleo)).next('hello')
    expect(hello.rooms.find((room: { id: string }) => room.id === id).avatar).toBe(avatar)
    expect((await putPicture(server, ben, `/rooms/${id}/avatar`, picture)).body.reason).toBe('owners_only')
    const { id: adas } = (await rest(server, ada).post('/directs', { usernames: ['ben'] })).body
    const path = `/rooms/${adas}/avatar`
    expect((await putPicture(server, ada, path, picture)).body.reason).toBe('direct_without_settings')
    expect((await rest(server, ada).delete(path)).body.reason).toBe('direct_without_settings')
    const three = (await rest(server, cleo).post('/directs', { usernames: ['ben', 'dan'] })).body
    expect(three).not.toHaveProperty('avatar')
  })

  test('an administrator removes the picture of somebody, and that is recorded', async () => {
    const { server, ada, ben, cleo } = at()
    const { avatar } = (await putPicture(server, ben, mine, picture)).body
    expect((await rest(server, cleo).delete('/users/ben/avatar')).status).toBe(403)
    expect((await rest(server, ada).delete('/users/ben/avatar')).status).toBe(204)
    expect((await rest(server, ben).get('/users/me')).body).not.toHaveProperty('avatar')
    expect((await look(server, ben, avatar)).status).toBe(404)
    const [entry] = (await rest(server, ada).get('/audit?limit=1')).body.items
    expect(entry).toMatchObject({ action: 'user.changed', subject: 'ben', detail: { fields: ['avatar'] } })
    expect((await rest(server, ada).delete('/users/nobody-at-all/avatar')).status).toBe(404)
  })

  test('with an account go its picture and the pictures of rooms that it has uploaded', async () => {
    const { server, ben } = at()
    const eve = await signUp(server, `eve-${crypto.randomUUID().slice(0, 8)}`)
    const room = await makeRoom(server, eve, [ben])
    await rest(server, eve).put(`/rooms/${room}/members/ben`, { role: 'owner' })
    const seq = await post(server, eve, room, 'Mine')
    const own = (await putPicture(server, eve, mine, picture)).body.avatar
    const ofRoom = (await putPicture(server, eve, `/rooms/${room}/avatar`, picture)).body.avatar
    const socket = await socketOf(server, ben)
    await socket.ask({ type: 'room.subscribe', room })
    expect((await rest(server, eve).call('DELETE', '/users/me', {})).status).toBe(204)
    const gone = await socket.next('profile.changed')
    expect(gone).not.toHaveProperty('avatar')
    expect((await socket.next('room.updated')).changed).toEqual({ avatar: null })
    const { author } = (await rest(server, ben).get(`/rooms/${room}/messages/${seq}`)).body
    expect(author).toEqual({ username: 'deleted-user', display_name: 'Deleted user' })
    expect((await rest(server, ben).get(`/rooms/${room}`)).body).not.toHaveProperty('avatar')
    for (const address of [own, ofRoom]) expect((await look(server, ben, address)).status).toBe(404)
    expect(await left(own, ofRoom)).toEqual([])
    await socket.close()
  })

  test('with a room goes its picture', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const { avatar } = (await putPicture(server, ben, `/rooms/${room}/avatar`, picture)).body
    await rest(server, ben).delete(`/rooms/${room}`)
    expect((await look(server, ben, avatar)).status).toBe(404)
    while ((await left(avatar)).length > 0) await Bun.sleep(10)
  })
})

const bitmapAsPng = await new Bun.Image(bitmap(64, 64)).png().bytes()

describe.skipIf(!(await postgresForTests()))('on two nodes', () => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(2).buses)
  })
  afterAll(async () => nodes?.stop())

  test('a picture that is set on one node is heard of on the other, and on messages that are sent there', async () => {
    const [one, two] = nodes.servers as unknown as [{ url: string }, { url: string }]
    const [first] = nodes.servers
    await setUp({ url: first!.url, setupCode: first!.setupLink!.split('#setup=')[1]! }, 'ada')
    const [ben, cleo] = [await signUp(one, 'ben'), await signUp(two, 'cleo')]
    for (const person of [ben, cleo]) await rest(one, person).put('/rooms/general/members/me', {})
    const [his, hers] = [await socketOf(two, ben), await socketOf(two, cleo)]
    for (const socket of [his, hers]) await socket.ask({ type: 'room.subscribe', room: 'general' })
    await his.ask({ type: 'message.send', room: 'general', content: 'Before' })
    const { avatar } = (await putPicture(one, ben, mine, picture)).body
    expect(await hers.next('profile.changed')).toMatchObject({ room: 'general', username: 'ben', avatar })
    await his.next('user.updated')
    await his.ask({ type: 'message.send', room: 'general', content: 'After' })
    const after = await hers.next((frame) => frame.message?.content === 'After')
    expect(after.message.author.avatar).toBe(avatar)
    await his.close()
    await hers.close()
  })
})
