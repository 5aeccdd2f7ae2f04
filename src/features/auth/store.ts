import { and, desc, eq, gt, ilike, inArray, isNotNull, isNull, ne, notExists, or } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { sessions } from '../../storage/tables/sessions.ts'
import { tokens } from '../../storage/tables/tokens.ts'
import { users } from '../../storage/tables/users.ts'
import { isNotBanned } from './bans.ts'
import { spellingsOf } from './emails.ts'

export type UserRow = typeof users.$inferSelect
export type SessionRow = typeof sessions.$inferSelect

export async function insertUser({ db }: Sql, row: typeof users.$inferInsert): Promise<UserRow> {
  const [user] = await db.insert(users).values(row).returning()
  return user!
}

export async function findUser({ db }: Sql, id: string): Promise<UserRow | undefined> {
  const [user] = await db.select().from(users).where(eq(users.id, id))
  return user
}

export async function findUsers({ db }: Sql, ids: string[]): Promise<UserRow[]> {
  return db.select().from(users).where(inArray(users.id, ids))
}

/** By username, in lower case, or email address, in any spelling. A username has no `@`, so it never equals an address. */
export async function findUserByName({ db }: Sql, name: string): Promise<UserRow | undefined> {
  const same = name.includes('@') ? inArray(users.email, spellingsOf(name)) : eq(users.username, name)
  const [user] = await db.select().from(users).where(same).orderBy(users.createdAt).limit(1)
  return user
}

/** How administrators are called: nobody else may look like them. */
export async function listAdminNames({ db }: Sql, now: Date) {
  const { id, username, displayName } = users
  return db
    .select({ id, username, displayName })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.deletedAt), isNotBanned(now)))
}

const namesAtOnce = 1000

/**
 * The names of everybody who can write or will again, webhooks too; not of those who are banned without an end. A page at a time, so that
 * a large community does not block the others.
 */
export async function* everyName({ db }: Sql) {
  const { id, username, displayName } = users
  let after: string | undefined
  do {
    const page = await db
      .select({ id, username, displayName })
      .from(users)
      .where(
        and(
          isNull(users.deletedAt),
          or(isNull(users.bannedAt), isNotNull(users.bannedUntil)),
          after === undefined ? undefined : gt(id, after),
        ),
      )
      .orderBy(id)
      .limit(namesAtOnce)
    yield* page
    after = page.length < namesAtOnce ? undefined : page.at(-1)!.id
  } while (after !== undefined)
}

export async function hasAdmin({ db }: Sql): Promise<boolean> {
  const [admin] = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.deletedAt)))
    .limit(1)
  return admin !== undefined
}

export async function updateUser({ db }: Sql, id: string, change: Partial<UserRow>): Promise<void> {
  await db.update(users).set(change).where(eq(users.id, id))
}

export async function insertSession({ db }: Sql, row: typeof sessions.$inferInsert): Promise<void> {
  await db.insert(sessions).values(row)
}

export async function findSession({ db }: Sql, id: string): Promise<SessionRow | undefined> {
  const [session] = await db.select().from(sessions).where(eq(sessions.id, id))
  return session
}

export async function findSessions({ db }: Sql, ids: string[]): Promise<SessionRow[]> {
  return db.select().from(sessions).where(inArray(sessions.id, ids))
}

export async function touchSession({ db }: Sql, id: string, usedAt: Date): Promise<void> {
  await db.update(sessions).set({ usedAt }).where(eq(sessions.id, id))
}

/** Finds an API token by its hash, with its session. */
export async function findTokenRow(
  { db }: Sql,
  tokenHash: string,
): Promise<(SessionRow & { scopes: string }) | undefined> {
  const [row] = await db
    .select({ session: sessions, scopes: tokens.scopes })
    .from(tokens)
    .innerJoin(sessions, eq(sessions.id, tokens.sessionId))
    .where(eq(tokens.tokenHash, tokenHash))
  return row && { ...row.session, scopes: row.scopes }
}

/** Moves a session to its next refresh token. False if another request has just done so. */
export async function rotateSession(
  { db }: Sql,
  id: string,
  change: { from: string; to: string; usedAt: Date; expiresAt: Date },
): Promise<boolean> {
  const moved = await db
    .update(sessions)
    .set({
      refreshHash: change.to,
      previousHash: change.from,
      usedAt: change.usedAt,
      expiresAt: change.expiresAt,
    })
    .where(and(eq(sessions.id, id), eq(sessions.refreshHash, change.from), isNull(sessions.endedAt)))
    .returning({ id: sessions.id })
  return moved.length === 1
}

export async function endSession({ db }: Sql, id: string, endedAt: Date): Promise<void> {
  await db
    .update(sessions)
    .set({ endedAt })
    .where(and(eq(sessions.id, id), isNull(sessions.endedAt)))
}

export async function listUserRows({ db }: Sql): Promise<UserRow[]> {
  return db.select().from(users).orderBy(users.username)
}

/** The sessions of a person. API tokens have sessions too, but are listed as tokens. */
export async function listSessionRows({ db }: Sql, userId: string, now: Date): Promise<SessionRow[]> {
  const token = db.select().from(tokens).where(eq(tokens.sessionId, sessions.id))
  return db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        notExists(token),
      ),
    )
    .orderBy(desc(sessions.usedAt))
}

/** The subscriptions to push messages, by session. */
export async function listPushIds({ query }: Sql, sessionIds: string[]): Promise<Map<string, string[]>> {
  const rows = await query<{ id: string; sessionId: string }>(
    `select id, session_id as "sessionId" from push_subscriptions where session_id = any($1::uuid[])
     order by created_at, id`,
    [sessionIds],
  )
  return new Map(
    [...Map.groupBy(rows, ({ sessionId }) => sessionId)].map(([session, all]) => [
      session,
      all.map(({ id }) => id),
    ]),
  )
}

/** Locks the user: until the transaction ends, nobody else can start a session of theirs. */
export async function lockUser({ db }: Sql, id: string): Promise<void> {
  await db.select({ id: users.id }).from(users).where(eq(users.id, id)).for('update')
}

/** Ends every session of a user but `except`, and returns their ids. */
export async function endSessionsOf(
  { db }: Sql,
  userId: string,
  except: string | null,
  endedAt: Date,
): Promise<string[]> {
  const ended = await db
    .update(sessions)
    .set({ endedAt })
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.endedAt),
        ...(except === null ? [] : [ne(sessions.id, except)]),
      ),
    )
    .returning({ id: sessions.id })
  return ended.map(({ id }) => id)
}

/** Locks the administrators, always in the same order, so that two cannot demote each other at the same time. */
export async function lockAdmins({ db }: Sql, now: Date): Promise<string[]> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.deletedAt), isNotBanned(now)))
    .orderBy(users.id)
    .for('update')
  return rows.map(({ id }) => id)
}

/** Sorted by username; `q` searches username, display name and email address. */
export async function searchUsers({ db }: Sql, q: string, after: string, limit: number): Promise<UserRow[]> {
  const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return db
    .select()
    .from(users)
    .where(
      and(
        gt(users.username, after),
        isNull(users.deletedAt),
        q === ''
          ? undefined
          : or(ilike(users.username, like), ilike(users.displayName, like), ilike(users.email, like)),
      ),
    )
    .orderBy(users.username)
    .limit(limit)
}
