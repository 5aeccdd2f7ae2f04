import { expect, test } from 'bun:test'
import { acquaint, cast, passwordOf } from '../support/cast.ts'
import { openSocket, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

/*
 * The README of the fifth seed: sign-up and login by email, one socket for everything, personal messages that are sent
 * to be delivered, groups, errors, and the addresses / and /health.
 */
await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const connect = ({ token }: { token: string }) => openSocket(`${at().server.url}/ws?token=${token}`)

  test('POST /auth/signup and POST /auth/login by email', async () => {
    const { server } = at()
    const email = 'User@Example.com'
    const draft = { email, display_name: 'User Name', password: passwordOf('user') }
    const made = await rest(server).post('/auth/signup', draft)
    expect([made.status, made.body.user.email, made.body.user.username]).toEqual([
      ...[201, 'user@example.com', 'user'],
    ])
    for (const login of [{ email }, { username: email }, { username: 'user' }]) {
      const response = await rest(server).post('/auth/login', { ...login, password: draft.password })
      expect([login, response.status]).toEqual([login, 200])
    }
  })

  test('SEND_PERSONAL_MESSAGE, RECEIVE_PERSONAL_MESSAGE, PERSONAL_MESSAGE_DELIVERED', async () => {
    const { ben, cleo } = at()
    const [bens, cleos] = [await connect(ben), await connect(cleo)]
    await Promise.all([bens.next('hello'), cleos.next('hello')])
    const { data: room } = await bens.ask({ type: 'direct.open', usernames: ['cleo'] })
    // The other side hears that there is a room for it, and listens.
    const opened = (await cleos.next('room.opened')).room
    expect(opened).toMatchObject({ id: room.id, access: 'direct', people: ['ben', 'cleo'] })
    await cleos.ask({ type: 'room.subscribe', room: room.id })
    await bens.ask({ type: 'room.subscribe', room: room.id })
    const stored = await bens.ask({ type: 'message.send', room: room.id, content: 'Only for you' })
    expect(stored.data).toMatchObject({ room: room.id, seq: 3 })
    const received = await cleos.next('message.created')
    expect(received.message).toMatchObject({ content: 'Only for you', author: { username: 'ben' }, seq: 3 })
    const delivered = await bens.next(
      ({ type, username, delivered_seq }) =>
        type === 'receipt.changed' && username === 'cleo' && delivered_seq === 3,
    )
    expect(delivered.read_seq).toBeLessThan(3)
    await cleos.ask({ type: 'read.mark', room: room.id, seq: 3 })
    const read = await bens.next(({ type, username }) => type === 'receipt.changed' && username === 'cleo')
    expect(read.read_seq).toBe(3)
    await Promise.all([bens.close(), cleos.close()])
  })

  test('SEND_GROUP_MESSAGE, RECEIVE_GROUP_MESSAGE, GROUP_CREATED', async () => {
    const { server, ben, cleo, dan } = at()
    await acquaint(server, ben, cleo, dan)
    const sockets = await Promise.all([ben, cleo, dan].map(connect))
    for (const socket of sockets) await socket.next('hello')
    const made = await rest(server, ben).post('/rooms', { title: 'The crew', access: 'closed' })
    const { id } = made.body
    for (const name of ['cleo', 'dan']) await rest(server, ben).put(`/rooms/${id}/members/${name}`, {})
    for (const socket of sockets) {
      expect((await socket.next('room.opened')).room).toMatchObject({
        id,
        title: 'The crew',
        access: 'closed',
      })
      await socket.ask({ type: 'room.subscribe', room: id })
    }
    await sockets[1]!.ask({ type: 'message.send', room: id, content: 'All aboard' })
    for (const socket of sockets) {
      expect((await socket.next('message.created')).message).toMatchObject({
        content: 'All aboard',
        author: { username: 'cleo' },
      })
    }
    await Promise.all(sockets.map((socket) => socket.close()))
  })

  test('ERROR: a failed command gets an error with a code and its ref, and the socket stays open', async () => {
    const { ben } = at()
    const socket = await connect(ben)
    await socket.next('hello')
    for (const [frame, code] of [
      [{ type: 'message.send', ref: 7, room: 'nowhere', content: 'x' }, 'not_found'],
      [{ type: 'message.send', ref: 7, room: 'general' }, 'invalid'],
      [{ type: 'SEND_PERSONAL_MESSAGE', ref: 7 }, 'invalid'],
      ['not a frame', 'bad_request'],
    ] as const) {
      socket.send(frame as object)
      const error = await socket.next('error')
      expect([frame, error.code, error.ref]).toEqual([frame, code, typeof frame === 'string' ? undefined : 7])
    }
    expect((await socket.ask({ type: 'ping' })).type).toBe('reply')
    await socket.close()
  })

  test('GET / and GET /health', async () => {
    const { server } = at()
    expect((await rest(server).get('/')).status).toBe(200)
    const asked = await rest(server, undefined, { accept: 'application/json' }).get('/')
    expect(asked.body).toMatchObject({ name: 'Parley', docs: '/swagger', health: '/health' })
    expect((await rest(server).get('/health')).status).toBe(200)
    expect((await rest(server).get('/health/ready')).status).toBe(200)
  })
})
