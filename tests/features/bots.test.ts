import { expect, test } from 'bun:test'
import { type OperationName, operate, type ParamsOf } from '../../src/operator/operator.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, meet, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)
  const newName = () => `echo-${crypto.randomUUID().slice(0, 8)}`
  const draft = { name: 'The script', scopes: ['read', 'write'] }

  async function makeBot(scopes = draft.scopes) {
    const { ada } = at()
    const username = newName()
    await api(ada).post('/bots', { username, display_name: 'Echo' })
    const { body } = await api(ada).post(`/bots/${username}/tokens`, { ...draft, scopes })
    return { username, id: body.id as string, token: body.token as string } as Person
  }

  test.each(eachDoor)(
    '%s: an administrator makes one, and with its token it talks like anybody',
    async (door) => {
      const { server, ben } = at()
      const echo = await makeBot()
      const room = await makeRoom(server, ben, [echo])
      const bens = await listener(server, ben, room)
      const client = await clientOver(door, server, echo)
      expect((await client.send(room, { content: 'Beep' })).data?.seq).toBe(3)
      expect(await bens.newEvents()).toEqual(['message.created Beep'])
      expect(bens.heard('message.created')[0]!.message.author).toEqual({
        username: echo.username,
        display_name: 'Echo',
      })
      await closeAll(client, bens)
    },
  )

  test('a bot is marked as one for everyone, and people are not', async () => {
    const { ben, cleo } = at()
    const echo = await makeBot()
    expect((await api(ben).get(`/users/${echo.username}`)).body).toMatchObject({ bot: true, roles: ['user'] })
    expect((await api(echo).get('/users/me')).body.bot).toBe(true)
    expect((await api(ben).get(`/users/${cleo.username}`)).body).not.toHaveProperty('bot')
  })

  test('nobody can log in as a bot, even with a password', async () => {
    const { server, ada, ben } = at()
    const echo = await makeBot()
    const { password_hash } = (
      await server.tools.sql.query<{ password_hash: string }>(
        `select password_hash from users where username = 'ben'`,
      )
    )[0]!
    await server.tools.sql.query(`update users set password_hash = $2 where username = $1`, [
      echo.username,
      password_hash,
    ])
    const logIn = rest(server).post('/auth/login', { username: echo.username, password: ben.password })
    expect(await outcome(logIn)).toBe('unauthenticated')
    expect(await outcome(api(ada).get(`/users/${echo.username}`))).toBe('ok')
  })

  test('the tokens of a bot are listed, and end by revocation or by a ban', async () => {
    const { ada } = at()
    const echo = await makeBot()
    const second = (await api(ada).post(`/bots/${echo.username}/tokens`, { ...draft, name: 'Another' })).body
    const names = async () => {
      const { items } = (await api(ada).get(`/bots/${echo.username}/tokens`)).body
      return items.map(({ name, token }: { name: string; token?: string }) => [name, token])
    }
    expect(await names()).toEqual([
      ['Another', undefined],
      ['The script', undefined],
    ])
    const listeners = await listener(at().server, echo)
    expect(await outcome(api(ada).delete(`/bots/${echo.username}/tokens/${echo.id}`))).toBe('ok')
    expect((await listeners.ending()).code).toBe(4501)
    expect(await outcome(api(ada).delete(`/bots/${echo.username}/tokens/${echo.id}`))).toBe('not_found')
    expect(await outcome(api(second).get('/users/me'))).toBe('ok')
    await api(ada).put(`/users/${echo.username}/ban`, {})
    expect(await outcome(api(second).get('/users/me'))).toBe('unauthenticated')
    expect(await names()).toEqual([])
  })

  test('only administrators create bots, and they cannot create tokens for people', async () => {
    const { ada, ben } = at()
    const echo = await makeBot()
    expect(await outcome(api(ben).post('/bots', { username: newName() }))).toBe('forbidden')
    expect(await outcome(api(ben).post(`/bots/${echo.username}/tokens`, draft))).toBe('forbidden')
    expect(await outcome(api(ben).get('/bots'))).toBe('forbidden')
    for (const username of ['ben', 'nobody-at-all']) {
      expect(await outcome(api(ada).post(`/bots/${username}/tokens`, draft))).toBe('not_found')
      expect(await outcome(api(ada).get(`/bots/${username}/tokens`))).toBe('not_found')
    }
    expect(await outcome(api(ada).post('/bots', { username: 'BEN' }))).toBe('conflict')
    expect(await outcome(api(ada).post('/bots', { username: 'x' }))).toBe('invalid')
    expect(await outcome(api(ada).post('/bots', { username: newName(), password: 'mine' }))).toBe('invalid')
    expect(
      await outcome(api(ada).post(`/bots/${echo.username}/tokens`, { ...draft, scopes: ['admin'] })),
    ).toBe('invalid')
  })

  test('what administrators do with bots is in the audit log', async () => {
    const { ada } = at()
    const echo = await makeBot()
    await api(ada).delete(`/bots/${echo.username}/tokens/${echo.id}`)
    const { items } = (await api(ada).get('/audit')).body
    const acts = items.filter(({ subject }: { subject: string }) => subject === echo.username)
    expect(acts.map(({ actor, action }: Record<string, string>) => `${actor} ${action}`)).toEqual([
      'ada token.revoked',
      'ada token.made',
      'ada user.created',
    ])
    expect(acts[1].detail).toEqual({ token: 'The script', scopes: ['read', 'write'] })
  })

  test('a room goes to a person before it goes to a bot', async () => {
    const { server } = at()
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const echo = await makeBot()
    const room = await makeRoom(server, ann, [echo, bob])
    await api(ann).put(`/rooms/${room}/members/${echo.username}`, { role: 'moderator' })
    await api(ann).call('DELETE', '/users/me', {})
    const { items } = (await api(bob).get(`/rooms/${room}/members`)).body
    const roles = items.map(({ username, role }: Record<string, string>) => `${username} ${role}`)
    expect(roles.sort()).toEqual([`${bob.username} owner`, `${echo.username} moderator`].sort())
  })

  test('the operator creates, lists and revokes bots too', async () => {
    const { server, ada } = at()
    const operator = <Name extends OperationName>(name: Name, params: ParamsOf<Name>) =>
      operate(server.tools, name, params, quiet)
    const username = newName()
    const made = await operator('bot.create', { username, name: 'Echo', scopes: 'read,write', days: '30' })
    const token = /^token: (parley_[\w-]{43})$/.exec(made.lines.at(-1)!)![1]!
    expect((await api({ token }).get('/users/me')).body).toMatchObject({
      username,
      display_name: 'Echo',
      bot: true,
    })
    const list = (await operator('bot.list', {})).lines.filter((line) => line.startsWith(username))
    expect(list).toEqual([expect.stringContaining('\tread,write\t')])
    expect(list.join()).not.toContain(token)
    expect((await api(ada).get('/bots')).body.items.map((bot: Person) => bot.username)).toContain(username)
    const other = (await operator('bot.token', { username, scopes: 'read' })).data as {
      id: string
      token: string
    }
    expect(await outcome(api(other).get('/users/me'))).toBe('ok')
    expect((await operator('bot.revoke', { username, token: other.id })).lines).toEqual([
      `revoked 1 token of ${username}`,
    ])
    expect(await outcome(api(other).get('/users/me'))).toBe('unauthenticated')
    await operator('bot.token', { username })
    expect((await operator('bot.revoke', { username })).lines).toEqual([`revoked 2 tokens of ${username}`])
    expect(await outcome(api({ token }).get('/users/me'))).toBe('unauthenticated')
    expect((await operator('bot.list', {})).lines).toContain(`${username}\tno token`)
  })

  test('and a wrong option is named before anything is created', async () => {
    const { server } = at()
    const username = newName()
    const client = [
      { username: 'x' },
      { username, scopes: 'everything' },
      { username, scopes: '' },
      { username, scopes: 'read,admin' },
      { username, days: '0' },
      { username, days: 'soon' },
      { username, name: ' ' },
    ]
    for (const options of client) {
      expect(operate(server.tools, 'bot.create', options, quiet)).rejects.toMatchObject({ code: 'invalid' })
    }
    expect(operate(server.tools, 'bot.token', { username: 'ben' }, quiet)).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(operate(server.tools, 'bot.revoke', { username }, quiet)).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await operate(server.tools, 'user.list', {}, quiet)).lines.join()).not.toContain(username)
  })
})

/** Somebody who waits for the answer, and nothing else. */
const quiet = { report: () => {}, write: async () => {}, signal: new AbortController().signal }
