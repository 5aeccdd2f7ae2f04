import { and, eq, isNull, or } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { sessions } from '../../storage/tables/sessions.ts'
import { users } from '../../storage/tables/users.ts'

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

export async function findUsers({ query }: Sql, ids: string[]): Promise<UserRow[]> {
  return query<UserRow>(
    `select id, username, display_name as "displayName", email, password_hash as "passwordHash", role,
       created_at as "createdAt", banned_at as "bannedAt", deleted_at as "deletedAt"
     from users where id = any($1::uuid[])`,
    [ids],
  )
}

/** By username or email address, both already folded. A username holds no `@`, so the two never meet. */
export async function findUserByName({ db }: Sql, name: string): Promise<UserRow | undefined> {
  const [user] = await db
    .select()
    .from(users)
    .where(or(eq(users.username, name), eq(users.email, name)))
  return user
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

/** Moves a session to its next refresh token, unless somebody else just did: tells whether it was us. */
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
