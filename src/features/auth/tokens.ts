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
  iat: number
  exp: number
  /** For how many seconds it was made. */
  life: number
}

const issuer = 'parley'
const audience = 'parley'
const longest = 4096
const mostKnown = 20_000

/** So far the clocks of two nodes, or of one node over a day, may differ. */
const leewaySeconds = 120

/** The most that ACCESS_TOKEN_EXPIRE_MINUTES allows, and what `parley token` gives. */
const longestLifeSeconds = 24 * 3600

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

  async function sign(
    claims: Omit<Claims, 'typ' | 'iat' | 'exp' | 'life'>,
    lifeSeconds: number,
  ): Promise<string> {
    const exp = Math.floor(tools.clock().getTime() / 1000) + lifeSeconds
    return codec.sign({ ...claims, typ: 'access', exp, life: lifeSeconds })
  }

  async function read(token: string): Promise<Claims | undefined> {
    if (token.length > longest) return undefined
    const remembered = known.get(token)
    if (remembered) return isTimely(remembered, tools.clock()) ? remembered : forget(token)
    const options = {
      algorithms: ['HS256'],
      issuer,
      audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: tools.clock(),
    }
    const payload = await codec.verify(token, options)
    if (!payload || !isCanonical(token) || !isClaims(payload) || !isTimely(payload, tools.clock()))
      return undefined
    known.set(token, payload)
    return payload
  }

  function forget(token: string): undefined {
    known.delete(token)
    return undefined
  }

  return { sign, read }
})

/** A clock that was set back must not leave tokens that work for years: each works for its life, and not yet before. */
function isTimely({ iat, exp, life }: Claims, now: Date): boolean {
  const seconds = now.getTime() / 1000
  return exp > seconds && exp <= seconds + life + leewaySeconds && iat <= seconds + leewaySeconds
}

function isClaims(payload: object): payload is Claims {
  const { sub, sid, typ, iat, exp, life, username } = payload as Record<string, unknown>
  return (
    typ === 'access' &&
    isUuid(sub) &&
    isUuid(sid) &&
    typeof username === 'string' &&
    [iat, exp, life].every(Number.isInteger) &&
    (life as number) <= longestLifeSeconds
  )
}

const isUuid = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)

/** A payload with a claim twice means two things to two readers (RFC 7519 section 4 lets us refuse it). */
function isCanonical(token: string): boolean {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  return JSON.stringify(JSON.parse(text)) === text
}
