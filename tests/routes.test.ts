import { expect, test } from 'bun:test'
import { cast } from './support/cast.ts'
import { rest, tryUpgrade } from './support/client.ts'
import { serverFor } from './support/server.ts'

/** Who may call these without being signed in. A new route joins this list only on purpose. */
const open = [
  'POST /auth/signup',
  'POST /auth/setup',
  'POST /auth/confirm',
  'POST /auth/forgot',
  'POST /auth/invite',
  'POST /auth/link',
  'POST /auth/login',
  'POST /auth/reset',
  'POST /auth/token',
  'POST /auth/refresh',
  // The address is the secret.
  'GET /mail/unsubscribe/{secret}',
  'POST /mail/unsubscribe/{secret}',
  'POST /hooks/{secret}',
  'POST /hooks/{secret}/files',
  'GET /community/avatar/{file}',
  'GET /health',
  'GET /health/ready',
  // As METRICS allows.
  'GET /metrics',
]

/** Sockets ask for themselves, before the upgrade: the last test. */
const sockets = ['GET /ws', 'GET /ws/{room}']

type Operations = Record<string, { security?: unknown[] }>

const at = serverFor({}, async (server) => {
  const { body } = await rest(server).get('/swagger/json')
  const operations = Object.entries(body.paths as Record<string, Operations>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      isSecured: security!.length > 0 && !sockets.includes(`${method.toUpperCase()} ${path}`),
    })),
  )
  return { ...(await cast(server)), operations }
})

test('only a short list of routes is open without signing in', () => {
  const found = at().operations.filter(({ isSecured }) => !isSecured)
  expect(found.map(({ name }) => name).sort()).toEqual([...open, ...sockets].sort())
})

test('every other route refuses a missing token, an unknown token, and a cookie from another origin', async () => {
  const { server, ben, operations } = at()
  const secured = operations.filter(({ isSecured }) => isSecured)
  expect(secured.length).toBeGreaterThan(20)
  const strangers: [Record<string, string>, number[]][] = [
    [{}, [401, 422]],
    [{ authorization: 'Bearer x' }, [401, 422]],
    [{ cookie: 'parley_access=x' }, [401, 403, 422]],
    [{ cookie: `parley_access=${ben.token}`, origin: 'https://evil.example' }, [403, 422]],
  ]
  for (const { name, method, path } of secured) {
    const place = path
      .replaceAll('{seq}', '1')
      .replaceAll('{room}', 'general')
      .replace(/\{(\w+)\}/g, 'x')
    for (const [headers, allowed] of strangers) {
      // A cookie may read from anywhere: the answer cannot be read there.
      if (headers.origin && method === 'GET') continue
      const { status } = await rest(server, undefined, headers).call(method, place)
      expect([name, headers, allowed.includes(status), status]).toEqual([name, headers, true, status])
    }
  }
})

test('the sockets refuse a client that is not signed in, before the upgrade', async () => {
  const { server, ben } = at()
  for (const path of ['/ws', '/ws/general', '/ws/nowhere']) {
    expect((await tryUpgrade(server, path)).status).toBe(401)
    expect((await tryUpgrade(server, path, { authorization: 'Bearer x' })).status).toBe(401)
    expect((await tryUpgrade(server, path, { cookie: `parley_access=${ben.token}` })).status).toBe(403)
  }
  expect((await rest(server, ben).get('/ws')).status).toBe(400)
})
