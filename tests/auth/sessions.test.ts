import { expect, test } from 'bun:test'
import { cast, logIn, makeRoom } from '../support/cast.ts'
import { bearer, openSocket, type Person, rest, socketOf, tryUpgrade, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const refresh = (refresh_token: string) => rest(at().server).post('/auth/refresh', { refresh_token })
  const worksStill = async (token: string) =>
    (await rest(at().server, { token }).get('/users/me')).status === 200

  test('a refresh gives a new pair for the same user and session', async () => {
    const ben = await logIn(at().server, 'ben')
    const { status, body } = await refresh(ben.refreshToken)
    expect([status, body.user.username]).toEqual([200, 'ben'])
    expect(body.refresh_token).not.toBe(ben.refreshToken)
    expect(await worksStill(body.access_token)).toBe(true)
    expect(await worksStill(ben.token)).toBe(true)
  })

  test('twenty tabs that refresh at once all get the same next token, and none is logged out', async () => {
    const ben = await logIn(at().server, 'ben')
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(ben.refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
    const next = answers[0]!.body.refresh_token
    const later = await Promise.all(Array.from({ length: 20 }, () => refresh(next)))
    expect(new Set(later.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await worksStill(later[0]!.body.access_token)).toBe(true)
  })

  test('the old token works until the new one is first used, also after a lost response and a restart', async () => {
    const ben = await logIn(at().server, 'ben')
    const first = await refresh(ben.refreshToken)
    await at().server.restart()
    const again = await refresh(ben.refreshToken)
    expect([again.status, again.body.refresh_token]).toEqual([200, first.body.refresh_token])
  })

  test('reuse of a rotated token after the next was used ends the session for both, its sockets too', async () => {
    const { server } = at()
    const ben = await logIn(server, 'ben')
    const other = await logIn(server, 'ben')
    const [socket, unconcerned] = [await socketOf(server, ben), await socketOf(server, other)]
    await socket.next('hello')
    const second = (await refresh(ben.refreshToken)).body
    const third = (await refresh(second.refresh_token)).body
    expect((await refresh(ben.refreshToken)).status).toBe(401)
    expect(await socket.ending()).toMatchObject({ code: 4501, reason: 'reused' })
    expect((await refresh(third.refresh_token)).status).toBe(401)
    for (const token of [ben.token, second.access_token, third.access_token])
      expect(await worksStill(token)).toBe(false)
    expect(await worksStill(other.token)).toBe(true)
    expect((await unconcerned.ask({ type: 'ping' })).type).toBe('reply')
    await unconcerned.close()
  })

  test('a guessed or altered refresh token is refused and does not end the session', async () => {
    const ben = await logIn(at().server, 'ben')
    const [session, secret, mark] = ben.refreshToken.split('.') as [string, string, string]
    const flipped = (text: string) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1)
    for (const guess of [
      ...['', '.', '..', 'x', session, `${session}.`, `${session}.x.y`, `${session}.${secret}`],
      ...[
        `${session}.${flipped(secret)}.${mark}`,
        `${session}.${secret}.${flipped(mark)}`,
        `${ben.refreshToken}x`,
      ],
      ...[`x${ben.refreshToken}`, ben.token, '\0', 'x'.repeat(512)],
    ]) {
      expect([guess, (await refresh(guess)).status]).toEqual([guess, 401])
    }
    expect((await refresh('x'.repeat(513))).status).toBe(422)
    expect((await refresh(ben.refreshToken)).status).toBe(200)
  })

  test('a logout ends this session only, at once: tokens, refresh and sockets', async () => {
    const { server, ben: elsewhere } = at()
    const ben = await logIn(server, 'ben')
    const room = await makeRoom(server, ben)
    const many = await socketOf(server, ben)
    const simple = await socketOf(server, ben, `/ws/${room}`)
    await many.ask({ type: 'room.subscribe', room })
    await simple.next('room.ready')
    expect((await rest(server, ben).post('/auth/logout')).status).toBe(204)
    for (const socket of [many, simple]) {
      expect(await socket.ending()).toEqual({ code: 4501, reason: 'logged_out' })
      expect(socket.heard('session.ending')).toEqual([{ type: 'session.ending', reason: 'logged_out' }])
    }
    expect(await worksStill(ben.token)).toBe(false)
    expect((await refresh(ben.refreshToken)).status).toBe(401)
    expect((await tryUpgrade(server, `/ws?token=${ben.token}`)).status).toBe(401)
    expect(await worksStill(elsewhere.token)).toBe(true)
    await server.restart()
    expect(await worksStill(ben.token)).toBe(false)
  })

  test('a socket that opens in the very moment of a logout does not stay open', async () => {
    const { server } = at()
    for (let n = 0; n < 12; n++) {
      const dan: Person = await logIn(server, 'dan')
      const room = await makeRoom(server, at().ben)
      const paths = [`/ws/${room}`, '/ws', `/ws/${room}`, '/ws']
      const opening = paths.map((path) => openSocket(server.url + path, bearer(dan)).catch(() => undefined))
      await Bun.sleep(n % 5)
      await rest(server, dan).post('/auth/logout')
      for (const socket of await Promise.all(opening)) {
        if (socket) expect((await socket.ending()).code).toBe(4501)
      }
    }
  })

  test.skipIf(database === 'embedded')(
    'nor does one whose session ends while it is still joining its room',
    async () => {
      const { server } = at()
      const { sql } = server.tools
      const room = await makeRoom(server, at().ben)
      const dan: Person = await logIn(server, 'dan')
      const opening = await sql.transaction(async (tx) => {
        await tx.query('select key from rooms where id = $1 for update', [room])
        const opening = openSocket(`${server.url}/ws/${room}`, bearer(dan)).catch(() => undefined)
        await waitFor('the join to wait for the room', async () => {
          const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
          return (await sql.query(waiting)).length > 0
        })
        expect((await rest(server, dan).post('/auth/logout')).status).toBe(204)
        return { opening }
      })
      const socket = await opening.opening
      if (socket) expect((await socket.ending()).code).toBe(4501)
    },
  )

  test('a socket is renewed by a token of its own session, and by no other', async () => {
    const { server } = at()
    const [ben, other] = [await logIn(server, 'ben'), await logIn(server, 'ben')]
    const socket = await socketOf(server, ben)
    const { access_token: token } = (await refresh(ben.refreshToken)).body
    const renewed = await socket.ask({ type: 'session.renew', token })
    expect(Date.parse(renewed.data.expires_at)).toBeGreaterThan(Date.now() + 800_000)
    expect((await socket.ask({ type: 'session.renew', token: other.token })).code).toBe('forbidden')
    expect((await socket.ask({ type: 'session.renew', token: at().ada.token })).code).toBe('forbidden')
    expect((await socket.ask({ type: 'session.renew', token: ben.refreshToken })).code).toBe(
      'unauthenticated',
    )
    expect((await socket.ask({ type: 'session.renew', token: '' })).code).toBe('unauthenticated')
    await socket.close()
  })
})
