import { expect, test } from 'bun:test'
import { createLog } from '../../src/log.ts'
import { cast, makeRoom, passwordOf } from '../support/cast.ts'
import { openSocket, rest, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'

/*
 * The README of the second seed: users, rooms whose creator is their administrator, messages, a socket per room, Swagger;
 * and what it lists as its limitations: membership, direct messages, editing and deleting.
 */
await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('POST /auth/login returns token and user, POST /auth/token takes a form and returns the session only', async () => {
    const { server } = at()
    const [username, password] = ['ben', passwordOf('ben')]
    const login = (await rest(server).post('/auth/login', { username, password })).body
    expect(login).toMatchObject({ user: { username }, token_type: 'bearer' })
    const form = await fetch(`${server.url}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username, password }),
    })
    const session = (await form.json()) as Record<string, unknown>
    expect(Object.keys(session).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    for (const token of [login.access_token, session.access_token as string]) {
      expect((await rest(server, { token }).get('/users/me')).status).toBe(200)
    }
  })

  test('/user/signup, /user/users, /user/update, /user/update_password: the user endpoints', async () => {
    const { server, ada } = at()
    const draft = { username: 'ramesh', email: 'ramesh@example.org', password: passwordOf('ramesh') }
    const made = await rest(server).post('/auth/signup', draft)
    expect(made.status).toBe(201)
    const ramesh = rest(server, { token: made.body.access_token })
    expect((await ramesh.get('/users')).status).toBe(403)
    const listed = (await rest(server, ada).get('/users')).body.items
    expect(listed.map(({ username }: { username: string }) => username)).toContain('ramesh')
    expect((await ramesh.patch('/users/me', { display_name: 'Ramesh' })).body.display_name).toBe('Ramesh')
    expect((await ramesh.patch('/users/ben', { display_name: 'x' })).status).toBe(403)
    expect((await rest(server, ada).patch('/users/ramesh', { display_name: 'R.' })).body.display_name).toBe(
      'R.',
    )
    const change = { current_password: draft.password, new_password: 'entirely another one' }
    expect((await ramesh.put('/users/me/password', change)).status).toBe(204)
    const logIn = (password: string) => rest(server).post('/auth/login', { username: 'ramesh', password })
    expect([(await logIn(draft.password)).status, (await logIn(change.new_password)).status]).toEqual([
      401, 200,
    ])
  })

  test('/room/: the creator of a room administers it; users see their rooms, an administrator sees all', async () => {
    const { server, ada, ben, cleo } = at()
    const made = await rest(server, ben).post('/rooms', {
      id: 'workshop',
      access: 'closed',
      title: 'Workshop',
    })
    expect([made.status, made.body.role]).toEqual([201, 'owner'])
    const { id } = made.body
    const ids = async (person: typeof ben) =>
      (await rest(server, person).get('/rooms')).body.items.map((each: { id: string }) => each.id)
    expect(await ids(ben)).toContain(id)
    expect(await ids(ada)).toContain(id)
    expect(await ids(cleo)).not.toContain(id)
    expect((await rest(server, ben).get(`/rooms/${id}`)).body.title).toBe('Workshop')
    expect((await rest(server, cleo).patch(`/rooms/${id}`, { title: 'x' })).status).toBe(404)
    expect((await rest(server, ben).patch(`/rooms/${id}`, { title: 'Forge' })).body.title).toBe('Forge')
    expect((await rest(server, ada).patch(`/rooms/${id}`, { description: 'Hot' })).body.description).toBe(
      'Hot',
    )
    expect((await rest(server, ben).delete(`/rooms/${id}`)).status).toBe(204)
    expect((await rest(server, ben).get(`/rooms/${id}`)).status).toBe(404)
  })

  test('/message/rooms/{id}/messages: sent and listed', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const sent = await rest(server, ben).post(`/rooms/${room}/messages`, { content: 'First' })
    expect([sent.status, sent.body.content]).toEqual([201, 'First'])
    const { items } = (await rest(server, cleo).get(`/rooms/${room}/messages`)).body
    expect(items).toEqual([sent.body])
  })

  test('ws/{room_id}?token=…: plain text is sent to all connected clients, and saved', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben)
    const [one, two] = [ben, cleo].map(({ token }) => openSocket(`${server.url}/ws/${room}?token=${token}`))
    const [bens, cleos] = [await one!, await two!]
    await Promise.all([bens.next('room.ready'), cleos.next('room.ready')])
    cleos.send('Anybody here?')
    for (const each of [bens, cleos])
      expect((await each.next('message.created')).message.content).toBe('Anybody here?')
    const { items } = (await rest(server, ben).get(`/rooms/${room}/messages`)).body
    expect(items.map(({ content }: { content: string }) => content)).toEqual(['Anybody here?'])
    await Promise.all([bens.close(), cleos.close()])
  })

  test('the first limitation of the seed: only members write, and the owner adds and removes them', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [], { access: 'closed' })
    const write = async () =>
      (await rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'x' })).status
    expect(await write()).toBe(404)
    expect((await rest(server, ben).put(`/rooms/${room}/members/cleo`, {})).status).toBe(204)
    expect(await write()).toBe(201)
    expect((await rest(server, ben).delete(`/rooms/${room}/members/cleo`)).status).toBe(204)
    expect(await write()).toBe(404)
  })

  test('the second limitation of the seed: two people write to each other in private', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const { body } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
    expect((await rest(server, ben).post(`/rooms/${body.id}/messages`, { content: 'For you' })).status).toBe(
      201,
    )
    expect((await rest(server, cleo).get(`/rooms/${body.id}/messages`)).body.items[0].content).toBe('For you')
    for (const person of [ada, dan]) {
      expect((await rest(server, person).get(`/rooms/${body.id}/messages`)).status).toBe(404)
    }
  })

  test('the third limitation of the seed: a message is edited by its author, and deleted', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const { seq } = (await rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'Teh' })).body
    const message = `/rooms/${room}/messages/${seq}`
    expect((await rest(server, ben).patch(message, { content: 'x' })).status).toBe(403)
    const edited = (await rest(server, cleo).patch(message, { content: 'The' })).body
    expect([edited.content, edited.edited_at]).toEqual(['The', expect.any(String)])
    expect((await rest(server, cleo).delete(message)).status).toBe(204)
    const left = (await rest(server, ben).get(message)).body
    expect([left.content, left.deleted_at]).toEqual(['', expect.any(String)])
  })

  test('/docs: Swagger UI is at /swagger, and its Authorize button has a token address', async () => {
    const { server } = at()
    for (const path of ['/docs', '/redoc'])
      expect([path, (await rest(server).get(path)).headers.get('location')]).toEqual([path, '/swagger'])
    expect(String((await rest(server).get('/swagger')).body)).toContain('swagger-ui')
    const { body } = await rest(server).get('/swagger/json')
    const schemes = Object.values(body.components.securitySchemes) as {
      flows?: { password?: { tokenUrl: string } }
    }[]
    expect(schemes.some(({ flows }) => flows?.password?.tokenUrl === '/auth/token')).toBe(true)
  })

  test('service.log: the log is one JSON object per line, with each request and its result', async () => {
    const lines: string[] = []
    const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } })
    const server = await startServer({ database, log })
    await rest(server).get('/users/me')
    // It is written after the answer has left.
    const answered = await waitFor('the line about the request', () =>
      lines.map((line) => JSON.parse(line)).find(({ path }) => path === '/users/me'),
    )
    await server.stop()
    expect(answered).toMatchObject({ method: 'GET', status: 401, ms: expect.any(Number) })
  })
})
