import { and, desc, eq, gt, isNull, notExists } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { sessions } from '../../storage/tables/sessions.ts'
import { tokens } from '../../storage/tables/tokens.ts'
import { users } from '../../storage/tables/users.ts'
import { webhooks } from '../../storage/tables/webhooks.ts'
import type { UserRow } from '../auth/store.ts'

export type TokenRow = Pick<
  typeof sessions.$inferSelect,
  'id' | 'userId' | 'createdAt' | 'usedAt' | 'expiresAt'
> &
  Pick<typeof tokens.$inferSelect, 'name' | 'scopes'>

export async function insertToken({ db }: Sql, row: typeof tokens.$inferInsert): Promise<void> {
  await db.insert(tokens).values(row)
}

/** The valid tokens of a user, the newest first. */
export async function listTokenRows({ db }: Sql, user: string, now: Date): Promise<TokenRow[]> {
  const { id, userId, createdAt, usedAt, expiresAt } = sessions
  const { name, scopes } = tokens
  return db
    .select({ id, userId, name, scopes, createdAt, usedAt, expiresAt })
    .from(tokens)
    .innerJoin(sessions, eq(sessions.id, tokens.sessionId))
    .where(and(eq(userId, user), isNull(sessions.endedAt), gt(expiresAt, now)))
    .orderBy(desc(createdAt), desc(id))
}

/** All bots but those of webhooks. */
export async function listBotRows({ db }: Sql): Promise<UserRow[]> {
  const webhook = db.select().from(webhooks).where(eq(webhooks.userId, users.id))
  return db
    .select()
    .from(users)
    .where(and(eq(users.bot, true), isNull(users.deletedAt), notExists(webhook)))
    .orderBy(users.username)
}
