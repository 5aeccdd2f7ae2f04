import { expect, test } from 'bun:test'
import { cast, makeRoom, passwordOf } from '../support/cast.ts'
import { openSocket, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

/*
 * The README of the fourth seed: register and login, a history with a limit, JSON frames on a socket with the token in
 * its address, and texts that are encrypted before they are stored.
 */
await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('/api/auth/register and /api/auth/login give a token that opens everything else', async () => {
    const { server } = at()
    const draft = { username: 'john', password: passwordOf('john') }
    expect((await rest(server).post('/auth/signup', draft)).status).toBe(201)
    const { body } = await rest(server).post('/auth/login', { username: 'john', password: draft.password })
    expect((await rest(server, { token: body.access_token }).get('/users/me')).body.username).toBe('john')
    const wrong = await rest(server).post('/auth/login', { username: 'john', password: 'secret123' })
    expect([wrong.status, wrong.body.code]).toEqual([401, 'unauthenticated'])
  })

  test('several clients: each frame of type, author, content and time is seen by all, JSON in and JSON out', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const clients = await Promise.all(
      [ben, cleo, dan].map(({ token }) => openSocket(`${server.url}/ws/${room}?token=${token}`)),
    )
    for (const client of clients) await client.next('room.ready')
    clients[0]!.send({ type: 'message.send', content: 'Hello, world!' })
    for (const client of clients) {
      const { type, room: where, message } = await client.next('message.created')
      expect({ type, where, message }).toEqual({
        ...{ type: 'message.created', where: room },
        message: expect.objectContaining({
          author: { username: 'ben', display_name: 'ben' },
          content: 'Hello, world!',
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        }),
      })
    }
    await Promise.all(clients.map((client) => client.close()))
  })

  test('GET messages?limit=50: the newest, at most so many, never more than 100', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (let n = 1; n <= 60; n++) await rest(server, ben).post(`/rooms/${room}/messages`, { content: `${n}` })
    const texts = async (query: string) =>
      (await rest(server, ben).get(`/rooms/${room}/messages${query}`)).body.items.map(
        ({ content }: { content: string }) => content,
      )
    expect(await texts('?limit=50')).toEqual(Array.from({ length: 50 }, (_, n) => `${n + 11}`))
    expect(await texts('?limit=2')).toEqual(['59', '60'])
    expect((await rest(server, ben).get(`/rooms/${room}/messages?limit=101`)).status).toBe(422)
  })

  test('all messages are encrypted before storage: the database has no word of them', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const secret = 'The treasure lies under the oak'
    const { seq } = (await rest(server, ben).post(`/rooms/${room}/messages`, { content: secret })).body
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: `${secret} tree` })
    const { sql } = server.tools
    const rows = await sql.query<{ row: string }>('select log::text as row from log')
    expect(rows.length).toBeGreaterThan(2)
    for (const { row } of rows) expect(row).not.toContain('treasure')
    expect((await rest(server, ben).get(`/rooms/${room}/messages/${seq}`)).body.content).toBe(
      `${secret} tree`,
    )
  })

  test('passwords are kept as argon2id, not as they are', async () => {
    const { server } = at()
    const rows = await server.tools.sql.query<{ hash: string }>('select password_hash as hash from users')
    expect(rows.length).toBeGreaterThan(3)
    for (const { hash } of rows) expect(hash).toStartWith('$argon2id$')
  })
})
