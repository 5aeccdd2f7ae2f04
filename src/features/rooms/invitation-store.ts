import { and, eq, isNull, ne } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Sql } from '../../storage/storage.ts'
import { invitations, members, rooms } from '../../storage/tables/rooms.ts'
import { blocks } from '../../storage/tables/users.ts'
import { notBanned } from '../auth/bans.ts'

/** Whether two people are together in a room that is not a direct one. */
export async function sharesRoom({ db }: Sql, one: string, other: string): Promise<boolean> {
  const theirs = alias(members, 'theirs')
  const shared = await db
    .select({ key: rooms.key })
    .from(members)
    .innerJoin(theirs, and(eq(theirs.roomKey, members.roomKey), eq(theirs.userId, other)))
    .innerJoin(rooms, eq(rooms.key, members.roomKey))
    .where(and(eq(members.userId, one), ne(rooms.access, 'direct'), isNull(rooms.deletedAt)))
    .limit(1)
  return shared.length > 0
}

export async function hasBlocked({ db }: Sql, user: string, blocked: string): Promise<boolean> {
  const rows = await db
    .select({ user: blocks.userId })
    .from(blocks)
    .where(and(eq(blocks.userId, user), eq(blocks.blockedId, blocked)))
  return rows.length > 0
}

/** False if the person is invited already. */
export async function insertInvitation({ db }: Sql, row: typeof invitations.$inferInsert): Promise<boolean> {
  const added = await db
    .insert(invitations)
    .values(row)
    .onConflictDoNothing()
    .returning({ userId: invitations.userId })
  return added.length === 1
}

/** In the place of the one that there is. */
export async function replaceInvitation({ db }: Sql, row: typeof invitations.$inferInsert): Promise<void> {
  const { roomKey, userId, ...rest } = row
  await db
    .update(invitations)
    .set(rest)
    .where(and(eq(invitations.roomKey, roomKey), eq(invitations.userId, userId)))
}

/** Returns what was deleted. */
export async function deleteInvitation({ db }: Sql, roomKey: number, userId: string) {
  const [gone] = await db
    .delete(invitations)
    .where(and(eq(invitations.roomKey, roomKey), eq(invitations.userId, userId)))
    .returning()
  return gone
}

export async function countInvitations({ db }: Sql, user: string, by: string): Promise<number> {
  return db.$count(invitations, and(eq(invitations.userId, user), eq(invitations.invitedBy, by)))
}

export type InvitationRow = {
  room: string
  title: string
  description: string
  invitedBy: string
  role: (typeof invitations.$inferSelect)['role']
  at: Date
}

const mostListed = 100

/**
 * Those that can still be accepted: the person who invites may add members at this moment, and is neither banned, erased nor
 * blocked by the one who reads.
 */
export async function listInvitations(
  { query }: Sql,
  user: string,
  now: Date,
  only?: string,
): Promise<InvitationRow[]> {
  return query<InvitationRow>(
    `select rooms.id as room, rooms.title, rooms.description, inviter.username as "invitedBy",
            invitations.role, invitations.created_at as at
     from invitations
     join rooms on rooms.key = invitations.room_key and rooms.deleted_at is null and rooms.archived_at is null
     join users inviter on inviter.id = invitations.invited_by
       and inviter.deleted_at is null and ${notBanned('inviter', '$3')}
     left join members on members.room_key = rooms.key and members.user_id = inviter.id
     where invitations.user_id = $1 and (members.role <> 'member' or inviter.role = 'admin')
       and not exists (select 1 from blocks where user_id = $1 and blocked_id = inviter.id)
       and ($2::text is null or rooms.id = $2)
     order by invitations.created_at desc, rooms.id limit ${mostListed}`,
    [user, only ?? null, now],
  )
}
