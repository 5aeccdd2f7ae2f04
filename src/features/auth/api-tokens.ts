import { createBounded } from '../../bounded.ts'
import { hashToken } from '../../crypto/keys.ts'
import type { TokenScope } from '../../protocol/tokens.ts'
import { perServer } from '../../scope.ts'
import { findTokenRow, touchSession } from './store.ts'

/** Secret scanners find leaked tokens by this prefix. */
export const apiTokenPrefix = 'parley_'

type Grant = {
  session: string
  user: string
  scopes: readonly TokenScope[]
  expiresAt: number
  usedAt: number | undefined
}

const mostKnown = 20_000
const storeEveryMs = 60_000

/**
 * Caches what each API token grants, by the hash of the token. A grant never changes; whether the token is still valid
 * is checked with its session on each use.
 */
export const apiTokens = perServer((tools) => {
  const known = createBounded<string, Grant>(mostKnown)

  async function find(token: string): Promise<Grant | undefined> {
    const hash = hashToken(token)
    const grant = known.get(hash) ?? (await load(hash))
    if (!grant || grant.expiresAt <= tools.clock().getTime()) return undefined
    storeUse(grant)
    return grant
  }

  async function load(hash: string): Promise<Grant | undefined> {
    const row = await findTokenRow(tools.sql, hash)
    if (!row) return undefined
    const { id, userId, scopes, createdAt, usedAt, expiresAt } = row
    const grant: Grant = {
      session: id,
      user: userId,
      scopes: scopes.split(' ') as TokenScope[],
      expiresAt: expiresAt.getTime(),
      usedAt: usedAt > createdAt ? usedAt.getTime() : undefined,
    }
    known.set(hash, grant)
    return grant
  }

  /** Stores the time of use, at most once a minute; the request does not wait for it. */
  function storeUse(grant: Grant): void {
    const now = tools.clock()
    if (grant.usedAt !== undefined && now.getTime() - grant.usedAt < storeEveryMs) return
    grant.usedAt = now.getTime()
    touchSession(tools.sql, grant.session, now).catch((error) =>
      tools.log.warn('the time of use of a token could not be stored', { error }),
    )
  }

  return { find }
})
