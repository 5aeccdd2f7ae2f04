import { createBounded } from '../../bounded.ts'
import { hashToken } from '../../crypto/keys.ts'
import type { TokenScope } from '../../protocol/tokens.ts'
import { perServer } from '../../scope.ts'
import { findTokenRow, touchSession } from './store.ts'

/** By this beginning scanners of code and logs find a token that was left lying about. */
export const apiTokenPrefix = 'parley_'

type Grant = {
  session: string
  user: string
  scopes: readonly TokenScope[]
  expiresAt: number
  usedAt: number | undefined
}

const mostKnown = 20_000
const noteEveryMs = 60_000

/**
 * What each API token grants, by its hash. None of it ever changes, so that nothing here has to be forgotten: whether
 * the token still lives is asked of its session, each time.
 */
export const apiTokens = perServer((tools) => {
  const known = createBounded<string, Grant>(mostKnown)

  async function find(token: string): Promise<Grant | undefined> {
    const hash = hashToken(token)
    const grant = known.get(hash) ?? (await load(hash))
    if (!grant || grant.expiresAt <= tools.clock().getTime()) return undefined
    noteUse(grant)
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

  /** Once a minute and not once a request, and nobody waits for it. */
  function noteUse(grant: Grant): void {
    const now = tools.clock()
    if (grant.usedAt !== undefined && now.getTime() - grant.usedAt < noteEveryMs) return
    grant.usedAt = now.getTime()
    touchSession(tools.sql, grant.session, now).catch((error) =>
      tools.log.warn('the use of a token could not be noted', { error }),
    )
  }

  return { find }
})
