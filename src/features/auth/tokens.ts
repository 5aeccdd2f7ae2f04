import { jwt } from '@elysiajs/jwt'
import { createBounded } from '../../bounded.ts'
import { perServer } from '../../scope.ts'

/** What an access token says (RFC 7519); `typ` keeps tokens of one kind from being used as another. */
export type Claims = {
  sub: string
  username: string
  roles: string[]
  sid: string
  typ: 'access'
  exp: number
}

const issuer = 'parley'
const audience = 'parley'
const longest = 4096
const mostKnown = 20_000

/**
 * Signs and reads access tokens. Verified tokens are remembered until they expire, because verifying costs 0.1 ms and
 * the same token comes with every request; whether its session still lives is asked elsewhere, each time.
 */
export const accessTokens = perServer((tools) => {
  const { jwt: codec } = jwt({
    name: 'jwt',
    secret: tools.policy.keyFor('access token'),
    alg: 'HS256',
    iss: issuer,
    aud: audience,
  }).decorator
  const known = createBounded<string, Claims>(mostKnown)

  async function sign(claims: Omit<Claims, 'typ' | 'exp'>, lifeSeconds: number): Promise<string> {
    const exp = Math.floor(tools.clock().getTime() / 1000) + lifeSeconds
    return codec.sign({ ...claims, typ: 'access', exp })
  }

  async function read(token: string): Promise<Claims | undefined> {
    if (token.length > longest) return undefined
    const remembered = known.get(token)
    if (remembered) return remembered.exp * 1000 > tools.clock().getTime() ? remembered : forget(token)
    const options = {
      algorithms: ['HS256'],
      issuer,
      audience,
      requiredClaims: ['exp', 'sub'],
      currentDate: tools.clock(),
    }
    const payload = await codec.verify(token, options)
    if (!payload || !isCanonical(token) || !isClaims(payload)) return undefined
    known.set(token, payload)
    return payload
  }

  function forget(token: string): undefined {
    known.delete(token)
    return undefined
  }

  return { sign, read }
})

function isClaims(payload: object): payload is Claims {
  const { sub, sid, typ, exp, username } = payload as Record<string, unknown>
  return (
    typ === 'access' && isUuid(sub) && isUuid(sid) && typeof username === 'string' && Number.isInteger(exp)
  )
}

const isUuid = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)

/** A payload with a claim twice means two things to two readers (RFC 7519 section 4 lets us refuse it). */
function isCanonical(token: string): boolean {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  return JSON.stringify(JSON.parse(text)) === text
}
