import { and, eq, isNull, notExists } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { tokens } from '../../storage/tables/tokens.ts'
import { users } from '../../storage/tables/users.ts'
import { webhooks } from '../../storage/tables/webhooks.ts'
import type { UserRow } from '../auth/store.ts'

export type TokenRow = {
  id: string
  userId: string
  name: string
  scopes: string
  createdAt: Date
  usedAt: Date
  expiresAt: Date
}

export async function insertToken({ db }: Sql, row: typeof tokens.$inferInsert): Promise<void> {
  await db.insert(tokens).values(row)
}

/** The valid tokens of a user, the newest first. */
export async function listTokenRows({ query }: Sql, userId: string, now: Date): Promise<TokenRow[]> {
  return query<TokenRow>(
    `select sessions.id, sessions.user_id as "userId", tokens.name, tokens.scopes,
       sessions.created_at as "createdAt", sessions.used_at as "usedAt", sessions.expires_at as "expiresAt"
     from tokens join sessions on sessions.id = tokens.session_id
     where sessions.user_id = $1 and sessions.ended_at is null and sessions.expires_at > $2
     order by sessions.created_at desc, sessions.id desc`,
    [userId, now],
  )
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
