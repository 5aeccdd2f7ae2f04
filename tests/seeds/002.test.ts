import { expect, test } from 'bun:test'
import { cast, passwordOf } from '../support/cast.ts'
import { openSocket, rest, tryUpgrade } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const ours = 'https://chat.example.org'

/*
 * The README of the third seed: token, register, roles that administrators add and remove, private chats over REST and
 * socket, a page at /, and CORS.
 */
await onBothDatabases((database) => {
  const at = serverFor({ database, settings: { CORS_ORIGINS: ours } }, cast)

  test('POST /users/register and POST /token, then GET /users/me', async () => {
    const { server } = at()
    const draft = { username: 'mongo', email: 'mongo@example.org', password: passwordOf('mongo') }
    expect((await rest(server).post('/auth/signup', draft)).status).toBe(201)
    const { username, password } = draft
    const response = await fetch(`${server.url}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams({ username, password }),
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { access_token } = (await response.json()) as { access_token: string }
    const me = (await rest(server, { token: access_token }).get('/users/me')).body
    expect(me).toMatchObject({ username, email: draft.email, roles: ['user'] })
  })

  test('GET /users/ and the roles: administrators list people, add a role and remove it', async () => {
    const { server, ada, ben, cleo } = at()
    expect((await rest(server, ben).get('/users')).status).toBe(403)
    expect((await rest(server, ben).put('/users/cleo/roles/admin')).status).toBe(403)
    expect((await rest(server, ada).put('/users/cleo/roles/admin')).status).toBe(204)
    expect((await rest(server, cleo).get('/users')).status).toBe(200)
    expect((await rest(server, ada).delete('/users/cleo/roles/admin')).status).toBe(204)
    expect((await rest(server, cleo).get('/users')).status).toBe(403)
  })

  test('/chat/new, /chat/my-chats, /chat/{id}: a private chat is made, listed, written to and read', async () => {
    const { server, ben, cleo } = at()
    const made = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
    const { id } = made.body
    for (const person of [ben, cleo]) {
      const mine = (await rest(server, person).get('/rooms')).body.items
      expect(mine).toContainEqual(expect.objectContaining({ id, access: 'direct', people: ['ben', 'cleo'] }))
    }
    expect((await rest(server, ben).post(`/rooms/${id}/messages`, { content: 'Psst' })).status).toBe(201)
    const { items } = (await rest(server, cleo).get(`/rooms/${id}/messages`)).body
    expect(items).toMatchObject([{ content: 'Psst', author: { username: 'ben' } }])
  })

  test('a private chat is checked over REST and at the socket alike', async () => {
    const { server, ben, cleo, dan } = at()
    const { id } = (await rest(server, ben).post('/directs', { usernames: ['cleo'] })).body
    expect((await rest(server, dan).get(`/rooms/${id}/messages`)).status).toBe(404)
    expect((await rest(server, dan).post(`/rooms/${id}/messages`, { content: 'x' })).status).toBe(404)
    expect((await tryUpgrade(server, `/ws/${id}?token=${dan.token}`)).status).toBe(404)
    const [bens, cleos] = await Promise.all(
      [ben, cleo].map(({ token }) => openSocket(`${server.url}/ws/${id}?token=${token}`)),
    )
    await Promise.all([bens!.next('room.ready'), cleos!.next('room.ready')])
    bens!.send('Here too')
    expect((await cleos!.next('message.created')).message.content).toBe('Here too')
    await Promise.all([bens!.close(), cleos!.close()])
  })

  test('http://localhost:8000: there is a page at /, with a strict policy, and the documentation at /swagger', async () => {
    const { server } = at()
    const page = await rest(server).get('/')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect((await rest(server).get('/swagger')).status).toBe(200)
  })

  test('CORS: pages of the listed origin may call, pages of any other may not', async () => {
    const { server } = at()
    for (const [origin, allowed] of [
      [ours, ours],
      [`${ours}.evil.example`, null],
      ['null', null],
    ] as const) {
      const plain = await rest(server, undefined, { origin }).get('/health')
      expect([origin, plain.headers.get('access-control-allow-origin')]).toEqual([origin, allowed])
      const before = await rest(server, undefined, {
        ...{
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      }).call('OPTIONS', '/rooms')
      expect([origin, before.headers.get('access-control-allow-origin')]).toEqual([origin, allowed])
    }
  })
})
