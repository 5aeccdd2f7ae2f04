import { describe, expect, test } from 'bun:test'
import { cast } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const fresh = 'and again at half past ten'
const tokenIn = (link: string): string => new URL(link).hash.replace(/^#[a-z-]+=/, '')
const outcome = ({ status, body }: { status: number; body: { reason?: string } }) =>
  body?.reason ?? String(status)

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const redeem = (token: string, more: object = {}) =>
    rest(at().server).post('/auth/link', { token, ...more })
  const enter = async (username: string) =>
    (await rest(at().server).post('/auth/login', { username, password: fresh })).status

  describe('an account that an administrator creates', () => {
    test('has no password until its person sets one by the link', async () => {
      const { server, ada } = at()
      const { status, body } = await rest(server, ada).post('/users', {
        username: 'Pupil-1',
        display_name: 'Pupil One',
        email: 'pupil@example.org',
      })
      expect(status).toBe(201)
      expect(body.user).toMatchObject({ username: 'pupil-1', display_name: 'Pupil One', roles: ['user'] })
      expect(await enter('pupil-1')).toBe(401)
      const entered = await redeem(tokenIn(body.link), { password: fresh })
      expect([entered.status, entered.body.user.email]).toEqual([200, 'pupil@example.org'])
      expect(await enter('pupil-1')).toBe(200)
      expect(outcome(await redeem(tokenIn(body.link)))).toBe('link_invalid')
      const audit = (await rest(server, ada).get('/audit?limit=2')).body.items
      expect(audit.map(({ action, subject }: never) => [action, subject]).sort()).toEqual([
        ['user.created', 'pupil-1'],
        ['user.sign_in_link', 'pupil-1'],
      ])
    })

    test('has a name made from the email address, and may be an administrator’s', async () => {
      const { server, ada } = at()
      const { body } = await rest(server, ada).post('/users', { email: 'fay.w@example.org', role: 'admin' })
      expect(body.user).toMatchObject({ username: 'fay.w', roles: ['admin', 'user'] })
    })

    test.each([
      ['a name that is taken', { username: 'ben' }, 'username_taken'],
      ['a reserved name', { username: 'everyone' }, 'username_reserved'],
      ['neither name nor email', { display_name: 'Nobody' }, 'required'],
      ['a password', { username: 'gil', password: fresh }, 'unknown_field'],
    ])('%s: refused, and no account', async (_, request, reason) => {
      const { server, ada } = at()
      const count = async () => (await server.tools.sql.query('select 1 from users')).length
      const before = await count()
      const { status, body } = await rest(server, ada).post('/users', request)
      expect(status).toBeOneOf([409, 422])
      expect([body.reason, body.errors?.[0]?.reason]).toContain(reason)
      expect(await count()).toBe(before)
    })

    test('is made by no member and no token, also where everybody may sign up', async () => {
      const { server, ada, ben } = at()
      const ask = async (person: { token: string }) =>
        outcome(await rest(server, person).post('/users', { username: 'hal' }))
      expect(await ask(ben)).toBe('admins_only')
      const { body } = await rest(server, ada).post('/tokens', { name: 'A script', scopes: ['admin'] })
      expect(await ask(body)).toBe('token_not_allowed')
    })
  })
})
