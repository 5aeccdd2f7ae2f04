import { and, eq, exists, isNull, ne, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Sql } from '../../storage/storage.ts'
import { members } from '../../storage/tables/rooms.ts'
import { users } from '../../storage/tables/users.ts'
import { isNotBanned } from '../auth/bans.ts'

/**
 * Whether a person may moderate a room at that time: an administrator, or an owner or moderator of it, neither banned nor erased.
 * Invites and webhooks work only while this is true of the person who created them.
 */
export function mayModerate({ db }: Pick<Sql, 'db'>, of: { room: PgColumn; user: PgColumn }, now: Date): SQL {
  const moderator = db
    .select({ id: members.userId })
    .from(members)
    .where(and(eq(members.roomKey, of.room), eq(members.userId, of.user), ne(members.role, 'member')))
  const person = db
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.id, of.user),
        isNotBanned(now),
        isNull(users.deletedAt),
        or(eq(users.role, 'admin'), exists(moderator)),
      ),
    )
  return exists(person)
}
