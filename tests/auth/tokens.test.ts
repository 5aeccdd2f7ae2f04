import { describe, expect, test } from 'bun:test'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { accessTokens } from '../../src/features/auth/tokens.ts'
import { cast } from '../support/cast.ts'
import { rest, socketOf, tryUpgrade } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({}, cast)
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

type Forgery = {
  header?: object
  claims?: Record<string, unknown> | string
  key?: Uint8Array | string
  hash?: string
}

/** A token made with our own key, so that only what is wrong about it can be the reason of a refusal. */
function forge({ header = {}, claims = {}, key, hash = 'sha256' }: Forgery = {}): string {
  const { server, ben } = at()
  const [head, body] = ben.token.split('.') as [string, string]
  const changed = typeof claims === 'string' ? claims : { ...decode(body), ...claims }
  const signed = `${encode({ ...decode(head), ...header })}.${encode(changed)}`
  const with_ = key ?? server.tools.policy.keyFor('access token')
  return `${signed}.${createHmac(hash, with_).update(signed).digest('base64url')}`
}

const now = () => Math.floor(Date.now() / 1000)
const without = (name: string) => ({ [name]: undefined })
const rawClaims = () => Buffer.from(at().ben.token.split('.')[1]!, 'base64url').toString()
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** Each a thunk, because the key is there only when the server runs. */
const attacks: [string, () => string][] = [
  ['nothing', () => ''],
  ['nonsense', () => 'x'],
  ['three dots', () => '...'],
  ['three empty parts', () => '..'],
  ['alg none, unsigned', () => `${encode({ alg: 'none', typ: 'JWT' })}.${at().ben.token.split('.')[1]}.`],
  ['alg None, signed', () => forge({ header: { alg: 'None' } })],
  ['alg HS512 with our key', () => forge({ header: { alg: 'HS512' }, hash: 'sha512' })],
  ['alg HS384 with our key', () => forge({ header: { alg: 'HS384' }, hash: 'sha384' })],
  ['no alg', () => forge({ header: without('alg') })],
  [
    'alg RS256',
    () => {
      const signed = `${encode({ alg: 'RS256' })}.${at().ben.token.split('.')[1]}`
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
    },
  ],
  ['a critical header nobody knows', () => forge({ header: { crit: ['b64'], b64: false } })],
  ['an empty key', () => forge({ key: '' })],
  ['another key', () => forge({ key: 'secret' })],
  ['the key of another purpose', () => forge({ key: at().server.tools.policy.keyFor('refresh token') })],
  [
    'claims changed, signature kept',
    () => {
      const [head, body, signature] = at().ben.token.split('.') as [string, string, string]
      return `${head}.${encode({ ...decode(body), sub: at().ada.id })}.${signature}`
    },
  ],
  ['no signature', () => at().ben.token.split('.').slice(0, 2).join('.')],
  ['an empty signature', () => `${at().ben.token.split('.').slice(0, 2).join('.')}.`],
  ['half a signature', () => at().ben.token.slice(0, -20)],
  ['a longer signature', () => `${at().ben.token}AAAA`],
  ['a fourth part', () => `${at().ben.token}.x`],
  ['another typ', () => forge({ claims: { typ: 'refresh' } })],
  ['no typ', () => forge({ claims: without('typ') })],
  ['another issuer', () => forge({ claims: { iss: 'somebody' } })],
  ['no issuer', () => forge({ claims: without('iss') })],
  ['another audience', () => forge({ claims: { aud: 'somebody' } })],
  ['no audience', () => forge({ claims: without('aud') })],
  ['no exp', () => forge({ claims: without('exp') })],
  ['exp as text', () => forge({ claims: { exp: String(now() + 600) } })],
  ['a fractional exp', () => forge({ claims: { exp: now() + 600.5 } })],
  ['exp null', () => forge({ claims: { exp: null } })],
  ['expired', () => forge({ claims: { exp: now() - 1 } })],
  ['expired long ago', () => forge({ claims: { exp: 1 } })],
  ['a negative exp', () => forge({ claims: { exp: -1 } })],
  ['an exp later than its life allows', () => forge({ claims: { exp: now() + 15 * 60 + 130 } })],
  ['an exp in ten years', () => forge({ claims: { exp: now() + 315_360_000 } })],
  ['a life of ten years', () => forge({ claims: { exp: now() + 315_360_000, life: 315_360_000 } })],
  ['no life', () => forge({ claims: without('life') })],
  ['an iat in the future', () => forge({ claims: { iat: now() + 130 } })],
  ['an iat as text', () => forge({ claims: { iat: String(now()) } })],
  ['no iat', () => forge({ claims: without('iat') })],
  ['not yet valid', () => forge({ claims: { nbf: now() + 600 } })],
  ['no sub', () => forge({ claims: without('sub') })],
  ['sub as a list', () => forge({ claims: { sub: [at().ben.id] } })],
  ['somebody else’s sub with the own session', () => forge({ claims: { sub: at().ada.id } })],
  ['no session', () => forge({ claims: without('sid') })],
  ['a session that never was', () => forge({ claims: { sid: crypto.randomUUID() } })],
  ['a session that is no id', () => forge({ claims: { sid: "x' or true --" } })],
  ['a session with a NUL', () => forge({ claims: { sid: '\0' } })],
  ['two subs', () => forge({ claims: rawClaims().replace('{', `{"sub":"${at().ada.id}",`) })],
  [
    'two subs, the other way round',
    () => forge({ claims: rawClaims().replace(/}$/, `,"sub":"${at().ada.id}"}`) }),
  ],
  ['claims that are a list', () => forge({ claims: '[]' })],
  ['claims that are no JSON', () => forge({ claims: '{' })],
  ['a refresh token', () => at().ben.refreshToken],
  ['8 KB of it', () => `${at().ben.token}${'A'.repeat(8000)}`],
]

const flips: [string, () => string][] = Array.from({ length: 40 }, (_, n) => [
  `bit ${n} of 40 flipped`,
  () => {
    const { token } = at().ben
    const place = Math.floor(((n + 0.5) * token.length) / 40)
    const letter = token[place] === '.' ? 'A' : String.fromCharCode(token.charCodeAt(place) ^ (1 << (n % 3)))
    return token.slice(0, place) + letter + token.slice(place + 1)
  },
])

describe('a token that is not ours', () => {
  test.each([...attacks, ...flips])('%s: 401, and no socket', async (_, make) => {
    const { server } = at()
    const token = make()
    const header = { authorization: `Bearer ${token}` }
    const answers = [
      await rest(server, undefined, header).get('/users/me'),
      await rest(server, undefined, header).post('/rooms', { id: 'by-a-forger' }),
    ]
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      Array(2).fill([401, 'unauthenticated']),
    )
    expect((await tryUpgrade(server, '/ws', header)).status).toBe(401)
    const inUrl = await tryUpgrade(server, `/ws/general?token=${encodeURIComponent(token)}`)
    // What is longer than any token is not even looked at.
    expect(inUrl.status).toBe(token.length > 4096 ? 422 : 401)
  })

  test('ours, made the same way, is taken', async () => {
    const { server } = at()
    expect((await rest(server, { token: forge() }).get('/users/me')).body.username).toBe('ben')
    expect((await tryUpgrade(server, `/ws?token=${forge()}`)).status).toBe(101)
  })

  test('a clock that differs by a minute and a half is no reason to refuse it', async () => {
    const { server } = at()
    for (const seconds of [90, -90]) {
      const token = forge({ claims: { iat: now() + seconds, exp: now() + seconds + 15 * 60 } })
      expect((await rest(server, { token }).get('/users/me')).status).toBe(200)
    }
  })

  // A token that was read once is remembered: what was found out then must not outlive a change of the clock.
  test('a token that a clock ten years ahead made and read does not work when the clock is right', async () => {
    const { server, ben } = at()
    const { clock } = server.tools
    server.tools.clock = () => new Date(Date.now() + 315_360_000_000)
    const { username, password } = ben
    const { body } = await rest(server).post('/auth/login', { username, password })
    const token = body.access_token as string
    expect((await rest(server, { token }).get('/users/me')).status).toBe(200)
    server.tools.clock = clock
    expect((await rest(server, { token }).get('/users/me')).status).toBe(401)
    expect((await tryUpgrade(server, '/ws', { authorization: `Bearer ${token}` })).status).toBe(401)
  })

  test('a header of a megabyte is refused, and the server lives', async () => {
    const { server, ben } = at()
    const answer = await tryUpgrade(server, '/ws', { authorization: `Bearer ${'A'.repeat(1 << 20)}` })
    expect([400, 401, 413, 431]).toContain(answer.status)
    expect((await rest(server, ben).get('/users/me')).status).toBe(200)
  })

  test.each(['', 'Bearer', 'Bearer ', 'Basic YWRhOmFkYQ==', 'bearer', 'Token x', 'Bearer a b'])(
    'the header %j does not fall back to the cookie',
    async (authorization) => {
      const { server, ben } = at()
      const { status } = await rest(server, undefined, {
        authorization,
        cookie: `parley_access=${ben.token}`,
      }).get('/users/me')
      expect(status).toBe(401)
    },
  )
})

test('the role in a token is a hint: power is what the database says', async () => {
  const { server } = at()
  const token = forge({ claims: { roles: ['admin', 'user'] } })
  expect((await rest(server, { token }).get('/users/me')).body.roles).toEqual(['user'])
  expect((await rest(server, { token }).post('/rooms', { id: 'for-admins', access: 'admins' })).status).toBe(
    403,
  )
})

test('a token expires, and its socket is closed with 4001', async () => {
  const { server, ben } = at()
  const claims = decode(ben.token.split('.')[1]!) as Parameters<ReturnType<typeof accessTokens>['sign']>[0]
  const { typ: _, exp: __, iat: ___, iss: ____, aud: _____, ...kept } = claims as Record<string, unknown>
  const token = await accessTokens(server.tools).sign(kept as never, 2)
  const socket = await socketOf(server, { token })
  expect(await socket.next('session.ending')).toEqual({ type: 'session.ending', reason: 'token_expired' })
  expect((await socket.ending()).code).toBe(4001)
  expect((await rest(server, { token }).get('/users/me')).status).toBe(401)
})
