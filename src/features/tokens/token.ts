import { hashToken, randomToken } from '../../crypto/keys.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { ApiToken, NewToken, TokenScope } from '../../protocol/tokens.ts'
import type { Acting, Person, Scope, Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { apiTokenPrefix } from '../auth/api-tokens.ts'
import { actAs, type Power } from '../auth/redeem.ts'
import { announceEnded } from '../auth/sessions.ts'
import { endSession, findSession, insertSession } from '../auth/store.ts'
import { insertToken, listTokenRows, type TokenRow } from './store.ts'

const dayMs = 24 * 3600 * 1000
const defaultDays = 365
const mostTokens = 100

/** Creates a token for the actor, unless their session has just ended by a new password or a ban. */
export async function createOwnToken(scope: Scope, newToken: NewToken): Promise<ApiToken> {
  return createToken(scope, scope.actor, newToken, 'self', async (sql) => {
    // After the insertion, whose foreign key locks the user: nobody else can end their sessions until the commit.
    const session = await findSession(sql, scope.session)
    if (!session || session.endedAt !== null) throw new ChatError('session_ended')
  })
}

/** Creates a token that acts as `person`. A ban, an erasure or a new password ends it with their sessions. */
export async function createToken(
  acting: Acting,
  person: Person,
  newToken: NewToken,
  power: Power,
  also: (sql: Sql) => Promise<void> = async () => {},
): Promise<ApiToken> {
  if (newToken.scopes.includes('admin') && !person.admin) {
    throw invalidField('/scopes', 'scope_needs_admin')
  }
  const now = acting.clock()
  if ((await listTokenRows(acting.sql, person.id, now)).length >= mostTokens) {
    throw new ChatError('too_many_tokens', { most: mostTokens })
  }
  const token = apiTokenPrefix + randomToken()
  const row: TokenRow = {
    id: acting.newId(),
    userId: person.id,
    name: newToken.name,
    scopes: newToken.scopes.join(' '),
    createdAt: now,
    usedAt: now,
    expiresAt: new Date(now.getTime() + (newToken.expires_in_days ?? defaultDays) * dayMs),
  }
  await actAs(acting, power, async (sql) => {
    const { id, userId, name, scopes, createdAt, usedAt, expiresAt } = row
    // An API token has no refresh token, so store the hash of a random one.
    const refreshHash = hashToken(randomToken())
    await insertSession(sql, { id, userId, refreshHash, userAgent: 'token', createdAt, usedAt, expiresAt })
    await insertToken(sql, { sessionId: id, name, scopes, tokenHash: hashToken(token) })
    await also(sql)
  })
  return { ...presentToken(row), token }
}

export async function listTokens(tools: Tools, person: Person): Promise<{ items: ApiToken[] }> {
  const rows = await listTokenRows(tools.sql, person.id, tools.clock())
  return { items: rows.map(presentToken) }
}

/** Revokes a token and closes its sockets at once. Another user's token is reported as not found. */
export async function revokeToken(
  acting: Acting,
  person: Person,
  id: string,
  power: Power,
  also: (sql: Sql) => Promise<void> = async () => {},
): Promise<void> {
  await actAs(acting, power, async (sql) => {
    const rows = await listTokenRows(sql, person.id, acting.clock())
    if (!rows.some((row) => row.id === id)) throw new ChatError('token_not_found')
    await endSession(sql, id, acting.clock())
    await also(sql)
  })
  await announceEnded(acting, id, 'revoked')
}

function presentToken(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes.split(' ') as TokenScope[],
    created_at: row.createdAt.toISOString(),
    ...(row.usedAt > row.createdAt ? { used_at: row.usedAt.toISOString() } : {}),
    expires_at: row.expiresAt.toISOString(),
  }
}
