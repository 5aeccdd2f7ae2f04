import { expect, test } from 'bun:test'
import { cast, logIn, passwordOf, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const newName = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`

// Any token or cookie could take an account over (a new email address is a name to sign in with) or end it.
await onBothDatabases((database) => {
  const at = serverFor({ database, settings: { RATE_LIMITS: 'on' } }, cast)
  const api = (person: { token: string }) => rest(at().server, person)
  const wrong = { status: 403, body: { reason: 'wrong_current_password' } }
  const asked = { status: 403, body: { code: 'forbidden', reason: 'confirm_password' } }

  /** Somebody who signed in this long ago. */
  async function signedIn(minutesAgo: number): Promise<Person> {
    const person = await signUp(at().server, newName('eve'))
    const { sql } = at().server.tools
    const at_ = new Date(Date.now() - minutesAgo * 60_000).toISOString()
    await sql.query('update sessions set created_at = $1 where user_id = $2', [at_, person.id])
    return person
  }

  test('a new email address and the end of the account need the password, if the sign-in is older than ten minutes', async () => {
    const eve = await signedIn(11)
    const email = `${newName('new')}@example.org`
    const current_password = eve.password
    expect(await api(eve).patch('/users/me', { email })).toMatchObject(asked)
    expect(await api(eve).patch('/users/me', { email, current_password: 'not it' })).toMatchObject(wrong)
    expect(await api(eve).call('DELETE', '/users/me')).toMatchObject(asked)
    expect(await api(eve).call('DELETE', '/users/me', { current_password: 'not it' })).toMatchObject(wrong)
    expect((await api(eve).get('/users/me')).body.email).toBe(eve.email)
    expect((await api(eve).patch('/users/me', { email, current_password })).body.email).toBe(email)
    expect((await api(eve).call('DELETE', '/users/me', { current_password })).status).toBe(204)
  })

  test('a sign-in of the last minutes is enough, a refreshed session is as old as its sign-in', async () => {
    const fresh = await signedIn(9)
    const old = await signedIn(11)
    const pair = await rest(at().server).post('/auth/refresh', { refresh_token: old.refreshToken })
    const renewed = { token: pair.body.access_token }
    expect((await api(fresh).patch('/users/me', { email: `${newName('a')}@example.org` })).status).toBe(200)
    expect(await api(renewed).call('DELETE', '/users/me')).toMatchObject(asked)
    const again = await logIn(at().server, old.username)
    expect((await api(again).call('DELETE', '/users/me')).status).toBe(204)
    expect((await api(fresh).call('DELETE', '/users/me')).status).toBe(204)
  })

  test('a session from the future is not fresh', async () => {
    expect(await api(await signedIn(-60)).call('DELETE', '/users/me')).toMatchObject(asked)
  })

  test('harmless changes need no password, and the password alone changes nothing', async () => {
    const eve = await signedIn(60)
    expect((await api(eve).patch('/users/me', { display_name: 'Evelyn' })).status).toBe(200)
    expect((await api(eve).patch('/users/me', { email: eve.email, display_name: 'Eve' })).status).toBe(200)
    const alone = await api(eve).patch('/users/me', { current_password: eve.password })
    expect(alone).toMatchObject({ status: 422 })
  })

  test('an administrator has no way round it for their own account, with a token of theirs or without', async () => {
    const { server, ada } = at()
    const old = new Date(Date.now() - 11 * 60_000).toISOString()
    const token = (await api(ada).post('/tokens', { name: 'ci', scopes: ['read', 'write', 'admin'] })).body
      .token
    await server.tools.sql.query('update sessions set created_at = $1 where user_id = $2 and id::text = $3', [
      old,
      ada.id,
      JSON.parse(Buffer.from(ada.token.split('.')[1]!, 'base64url').toString()).sid,
    ])
    const email = 'taken-over@example.org'
    expect(await api(ada).patch('/users/ada', { email })).toMatchObject(asked)
    expect(await api({ token }).patch('/users/ada', { email })).toMatchObject({
      status: 403,
      body: { reason: 'token_not_allowed' },
    })
    expect((await api(ada).patch('/users/cleo', { email: 'cleo2@example.org' })).status).toBe(200)
  })

  test('password guesses in an open session are limited as at sign-in, and a correct password does not count', async () => {
    const eve = await signedIn(11)
    const change = (current_password: string) =>
      api(eve).call('PATCH', '/users/me', { email: eve.email, current_password, display_name: 'Eve' })
    for (let i = 0; i < 15; i++) expect((await change(passwordOf(eve.username))).status).toBe(200)
    const tries = await Promise.all(Array.from({ length: 20 }, (_, i) => change(`guess number ${i}`)))
    expect(tries.filter(({ status }) => status === 403).length).toBeLessThan(15)
    expect(tries.filter(({ status }) => status === 429).length).toBeGreaterThan(4)
    // The same guesses, by another door.
    const password = await api(eve).put('/users/me/password', {
      current_password: 'one more guess',
      new_password: 'a new password of eve',
    })
    expect(password).toMatchObject({ status: 429 })
  })

  test('is no way to ask which addresses are in use', async () => {
    const eve = await signedIn(0)
    const answers: number[] = []
    for (let i = 0; i < 30; i++)
      answers.push((await api(eve).patch('/users/me', { email: at().ben.email })).status)
    expect(answers.filter((status) => status === 409).length).toBeLessThanOrEqual(12)
    expect(answers.at(-1)).toBe(429)
  })
})
