import { expect, test } from 'bun:test'
import { passwordOf, setUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, startServer } from '../support/server.ts'

await onBothDatabases((database) => {
  const draft = (username: string, code: string | undefined) => ({
    ...{ username, email: `${username}@example.org`, password: passwordOf(username), code },
  })

  test('the printed link creates one administrator, once', async () => {
    const server = await startServer({ database })
    const code = server.setupCode
    const setup = (username: string, shown = code) => rest(server).post('/auth/setup', draft(username, shown))
    expect((await setup('ada', `${code}x`)).status).toBe(403)
    expect((await setup('ada', '')).status).toBe(403)
    // A refused try does not use the link up.
    expect((await setup('x')).status).toBe(422)
    expect(
      (await rest(server).post('/auth/setup', { ...draft('ada', code), password: 'short' })).status,
    ).toBe(422)
    const answers = await Promise.all(['ada', 'eve', 'eva', 'ivy'].map((name) => setup(name)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403])
    expect(answers.find(({ status }) => status === 201)!.body.user.roles).toEqual(['admin', 'user'])
    expect((await setup('late')).status).toBe(403)
    await server.restart()
    expect(server.setupCode).toBeUndefined()
    expect((await setup('later')).status).toBe(403)
    await server.stop()
  })

  test('while there is no admin every start prints the same link, until it is used', async () => {
    const server = await startServer({ database })
    const first = server.setupCode
    await server.restart()
    expect(server.setupCode).toBe(first!)
    expect((await setUp(server, 'ada')).username).toBe('ada')
    // Without an administrator again, the used link stays used.
    await server.tools.sql.query("update users set role = 'user'")
    expect((await rest(server).post('/auth/setup', draft('eve', first))).status).toBe(403)
    await server.restart()
    expect(server.setupCode).not.toBe(first)
    await server.stop()
  })
})
