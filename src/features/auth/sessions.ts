import { createBatch } from '../../batch.ts'
import { createBounded } from '../../bounded.ts'
import type { EndReason } from '../../bus/bus.ts'
import { hashToken, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Session, TokenPair } from '../../protocol/users.ts'
import {
  announce,
  isBanned,
  onChange,
  onDistrust,
  type Person,
  perServer,
  type Scope,
  type Tools,
} from '../../scope.ts'
import { isBusy } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { beginningOf } from '../../text/cut.ts'
import { apiTokenPrefix, apiTokens } from './api-tokens.ts'
import { deleteLinksOf } from './one-time-link-store.ts'
import { people } from './people.ts'
import { actAs, settled } from './redeem.ts'
import { firstRefreshToken, issuedSession, nextRefreshToken } from './refresh-token.ts'
import {
  endSession,
  endSessionsOf,
  findSession,
  findSessions,
  insertSession,
  listPushIds,
  listSessionRows,
  lockUser,
  rotateSession,
  type SessionRow,
} from './store.ts'
import { accessTokens } from './tokens.ts'

const mostLive = 100_000
const mostAtOnce = 200

/** Caches active sessions, so that a request needs no query. When a session ends, the bus announces it. */
const live = perServer((tools) => {
  let persons = createBounded<string, Person>(mostLive)
  let ends = 0
  onDistrust(tools, () => {
    ends++
    persons = createBounded(mostLive)
  })
  onChange(tools, 'session', ({ session }) => {
    ends++
    persons.delete(session)
  })

  /** Does nothing if a session ended since `seen`: this one may have been read before its end. */
  function keep(session: string, person: Person, seen: number): void {
    if (seen !== ends) return
    persons.set(session, person)
  }

  const rows = createBatch<string, SessionRow | undefined>(
    mostAtOnce,
    async (ids) => {
      const found = new Map((await findSessions(tools.sql, ids)).map((row) => [row.id, row]))
      return ids.map((id) => found.get(id))
    },
    isBusy,
  )

  return { find: (session: string) => persons.get(session), keep, ends: () => ends, row: rows.ask }
})

/** `check` runs in the transaction and may throw to refuse. */
export async function startSession(
  tools: Tools,
  person: Person,
  userAgent: string,
  check: (sql: Sql) => Promise<void> = async () => {},
): Promise<TokenPair> {
  const id = tools.newId()
  const refresh = firstRefreshToken(tools.policy.keyFor('refresh token'), id, randomToken())
  const now = tools.clock()
  await tools.sql.transaction(async (sql) => {
    await insertSession(sql, {
      id,
      userId: person.id,
      refreshHash: hashToken(refresh),
      userAgent: beginningOf(userAgent, 256),
      createdAt: now,
      usedAt: now,
      expiresAt: later(now, tools.policy.refreshTokenSeconds),
    })
    // After the insertion, whose foreign key locks the user: nobody else can end their sessions until the commit.
    await check(sql)
  })
  return pairOf(tools, person, id, refresh)
}

/**
 * The old token is valid until the new one is first used. After that, a use of the old one means that somebody has copied
 * it, and ends the session.
 */
export async function refreshSession(
  tools: Tools,
  token: string,
): Promise<{ person: Person; pair: TokenPair }> {
  const key = tools.policy.keyFor('refresh token')
  const id = issuedSession(key, token)
  const session = id === undefined ? undefined : await findSession(tools.sql, id)
  const person = session && (await people(tools).find(session.userId))
  if (!session || !person || !isAlive(tools, session, person)) throw new ChatError('session_ended')
  const next = nextRefreshToken(key, token)
  const presented = hashToken(token)
  if (presented === session.refreshHash) {
    const now = tools.clock()
    const rotated = await rotateSession(tools.sql, session.id, {
      from: presented,
      to: hashToken(next),
      usedAt: now,
      expiresAt: later(now, tools.policy.refreshTokenSeconds),
    })
    // Another tab may have been faster: then the same next token is valid already.
    if (!rotated) return refreshAgain(tools, token, person, next)
  } else if (presented !== session.previousHash || hashToken(next) !== session.refreshHash) {
    await closeSession(tools, session.id, 'reused')
    throw new ChatError('session_ended')
  }
  return { person, pair: await pairOf(tools, person, session.id, next) }
}

async function refreshAgain(tools: Tools, token: string, person: Person, next: string) {
  const id = token.slice(0, token.indexOf('.'))
  const session = await findSession(tools.sql, id)
  if (!session || session.endedAt || session.refreshHash !== hashToken(next))
    throw new ChatError('session_ended')
  return { person, pair: await pairOf(tools, person, id, next) }
}

/** Ends a session: its tokens, and its sockets on every node. */
export async function closeSession(tools: Tools, session: string, reason: EndReason): Promise<void> {
  await endSession(tools.sql, session, tools.clock())
  await announceEnded(tools, session, reason)
}

/** After the database has it. Nothing of the session comes after this. */
export async function announceEnded(tools: Tools, session: string, reason: EndReason): Promise<void> {
  announce(tools, { what: 'session', session, reason })
  await settled(tools)
}

/** Ends every session of a person, except `except`, and every link that could start one. */
export async function closeSessions(
  tools: Tools,
  person: Person,
  reason: EndReason,
  { except }: { except?: string } = {},
): Promise<void> {
  const ended = await tools.sql.transaction(async (sql) => {
    // First, in a statement of its own: it waits for transactions that insert a session, and the next statement sees them.
    await lockUser(sql, person.id)
    await deleteLinksOf(sql, person.id)
    return endSessionsOf(sql, person.id, except ?? null, tools.clock())
  })
  for (const session of ended) announce(tools, { what: 'session', session, reason })
  await settled(tools)
}

export async function listSessions(scope: Scope): Promise<{ items: Session[] }> {
  const rows = await listSessionRows(scope.sql, scope.actor.id, scope.clock())
  const pushes = await listPushIds(
    scope.sql,
    rows.map(({ id }) => id),
  )
  const items = rows.map((row) => ({
    id: row.id,
    user_agent: row.userAgent,
    created_at: row.createdAt.toISOString(),
    used_at: row.usedAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    current: row.id === scope.session,
    ...(pushes.has(row.id) && { push: pushes.get(row.id)! }),
  }))
  return { items }
}

/** Ends one of the actor's sessions. Another user's session is reported as not found. */
export async function endOwnSession(scope: Scope, id: string): Promise<void> {
  await actAs(scope, 'self', async (sql) => {
    const rows = await listSessionRows(sql, scope.actor.id, scope.clock())
    if (!rows.some((row) => row.id === id)) throw new ChatError('session_not_found')
    await endSession(sql, id, scope.clock())
  })
  await announceEnded(scope, id, 'logged_out')
}

export type Identity = { scope: Scope; expiresAt: number }

/** Identifies the actor of a token. Session and roles are checked now, because the token may outlive them. */
export async function identify(tools: Tools, token: string): Promise<Identity> {
  if (token.startsWith(apiTokenPrefix)) return identifyProgram(tools, token)
  const claims = await accessTokens(tools).read(token)
  if (!claims) throw new ChatError('token_invalid')
  return { scope: await scopeOf(tools, claims.sid, claims.sub), expiresAt: claims.exp * 1000 }
}

/** Callers must check the scopes with `requirePermit` or `permitCommand`. */
async function identifyProgram(tools: Tools, token: string): Promise<Identity> {
  const grant = await apiTokens(tools).find(token)
  if (!grant) throw new ChatError('token_invalid')
  const scope = await scopeOf(tools, grant.session, grant.user)
  return { scope: { ...scope, limitedTo: grant.scopes }, expiresAt: grant.expiresAt }
}

/** The scope of a session. Throws if the session has ended or its user may not act. */
export async function scopeOf(tools: Tools, session: string, user: string): Promise<Scope> {
  let actor = live(tools).find(session)
  if (!actor) {
    const seen = live(tools).ends()
    const row = await live(tools).row(session)
    actor = row && row.userId === user ? await people(tools).find(user) : undefined
    if (!row || !actor || !isAlive(tools, row, actor)) throw new ChatError('session_ended')
    live(tools).keep(session, actor, seen)
  } else if (!people(tools).isCurrent(actor.id)) await people(tools).find(actor.id)
  if (isBanned(tools, actor) || actor.deleted) throw new ChatError('session_ended')
  const known = actor
  return { ...tools, actor, session, recheck: () => recheck(tools, session, known) }
}

function recheck(tools: Tools, session: string, actor: Person): undefined | Promise<undefined> {
  if (live(tools).find(session) !== actor || !people(tools).isCurrent(actor.id))
    return scopeOf(tools, session, actor.id).then(() => undefined)
  if (isBanned(tools, actor) || actor.deleted) throw new ChatError('session_ended')
  return undefined
}

async function pairOf(tools: Tools, person: Person, session: string, refresh: string): Promise<TokenPair> {
  const seconds = tools.policy.accessTokenSeconds
  return {
    access_token: await issueAccessToken(tools, person, session, seconds),
    refresh_token: refresh,
    token_type: 'bearer',
    expires_in: seconds,
  }
}

export function issueAccessToken(
  tools: Tools,
  person: Person,
  session: string,
  seconds: number,
): Promise<string> {
  const roles = person.admin ? ['admin', 'user'] : ['user']
  return accessTokens(tools).sign({ sub: person.id, username: person.username, roles, sid: session }, seconds)
}

const isAlive = (tools: Tools, session: SessionRow, person: Person): boolean =>
  session.endedAt === null && session.expiresAt > tools.clock() && !isBanned(tools, person) && !person.deleted

const later = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000)
