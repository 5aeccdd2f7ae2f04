import { jwt } from '@elysiajs/jwt'
import { createBounded } from '../../bounded.ts'
import { perServer } from '../../scope.ts'
import { isUuid } from '../../text/uuid.ts'

/** The claims of an access token (RFC 7519). `typ` prevents the use of one kind of token as another. */
type Claims = {
  sub: string
  username: string
  roles: string[]
  sid: string
  typ: 'access'
  iat: number
  exp: number
  /** The lifetime in seconds. */
  life: number
}

/** What is asked of a verified token again. */
type Known = Pick<Claims, 'sub' | 'sid' | 'iat' | 'exp' | 'life'>

const issuer = 'parley'
const audience = 'parley'
const longest = 4096
const mostKnown = 20_000

/** The clocks of two nodes may differ by this much. */
const leewaySeconds = 120

/** The maximum of ACCESS_TOKEN_EXPIRE_MINUTES, and the lifetime of what `parley token` prints. */
const longestLifeSeconds = 24 * 3600

/**
 * Signs and reads access tokens. Verified tokens are cached until they expire, because verifying takes 0.1 ms and every
 * request sends the same token. `scopeOf` checks on each use whether its session is still active.
 */
export const accessTokens = perServer((tools) => {
  const { jwt: codec } = jwt({
    name: 'jwt',
    secret: tools.policy.keyFor('access token'),
    alg: 'HS256',
    iss: issuer,
    aud: audience,
  }).decorator
  const known = createBounded<string, Known>(mostKnown)

  async function sign(
    claims: Omit<Claims, 'typ' | 'iat' | 'exp' | 'life'>,
    lifeSeconds: number,
  ): Promise<string> {
    const exp = Math.floor(tools.clock().getTime() / 1000) + lifeSeconds
    return codec.sign({ ...claims, typ: 'access', exp, life: lifeSeconds })
  }

  async function read(token: string): Promise<Known | undefined> {
    if (token.length > longest) return undefined
    const cached = known.get(token)
    if (cached) return isInForce(cached, tools.clock()) ? cached : drop(token)
    const options = {
      algorithms: ['HS256'],
      issuer,
      audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: tools.clock(),
    }
    const payload = await codec.verify(token, options)
    if (!payload || !isCanonical(token) || !isClaims(payload) || !isInForce(payload, tools.clock()))
      return undefined
    const { sub, sid, iat, exp, life } = payload
    const claims = { sub, sid, iat, exp, life }
    known.set(token, claims)
    return claims
  }

  function drop(token: string): undefined {
    known.delete(token)
    return undefined
  }

  return { sign, read }
})

/** A token is valid from its issue for its lifetime, even if the clock is set back: otherwise it could work for years. */
function isInForce({ iat, exp, life }: Known, now: Date): boolean {
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

/**
 * Each token has one spelling. Refuses padding and other base64 (RFC 7515 section 2), which the decoder takes, and a payload
 * with a repeated claim, because parsers read it differently (allowed by RFC 7519 section 4).
 */
function isCanonical(token: string): boolean {
  const parts = token.split('.')
  if (parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)) return false
  const text = Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')
  return JSON.stringify(JSON.parse(text)) === text
}
