import type { Sql } from '../../storage/storage.ts'
import { invites } from '../../storage/tables/rooms.ts'

export type InviteRow = typeof invites.$inferSelect
export type OfferedInvite = InviteRow & { room: string; access: string; title: string; description: string }

const columns = `invites.id, invites.room_key as "roomKey", invites.code_hash as "codeHash",
  invites.created_by as "createdBy", invites.created_at as "createdAt", invites.expires_at as "expiresAt",
  invites.most_uses as "mostUses", invites.uses, invites.revoked_at as "revokedAt"`

const alive = `invites.revoked_at is null and invites.expires_at > $2
  and (invites.most_uses is null or invites.uses < invites.most_uses)
  and not exists (select 1 from users where users.id = invites.created_by and users.banned_at is not null)`

export async function insertInvite({ db }: Sql, row: typeof invites.$inferInsert): Promise<InviteRow> {
  const [invite] = await db.insert(invites).values(row).returning()
  return invite!
}

/** An invite that can still be used, with its room. */
export async function findInvite(
  { query }: Sql,
  codeHash: string,
  now: Date,
): Promise<OfferedInvite | undefined> {
  const [invite] = await query<OfferedInvite>(
    `select ${columns}, rooms.id as room, rooms.access, rooms.title, rooms.description
     from invites join rooms on rooms.key = invites.room_key and rooms.deleted_at is null
     where invites.code_hash = $1 and ${alive}`,
    [codeHash, now],
  )
  return invite
}

/** Takes one use; false when the last one has just gone. */
export async function useInvite({ query }: Sql, id: string, now: Date): Promise<boolean> {
  const used = await query(`update invites set uses = uses + 1 where id = $1 and ${alive} returning 1`, [
    id,
    now,
  ])
  return used.length === 1
}

export async function listInvites({ query }: Sql, roomKey: number, now: Date): Promise<InviteRow[]> {
  return query<InviteRow>(
    `select ${columns} from invites where room_key = $1 and ${alive} order by created_at desc, id limit 100`,
    [roomKey, now],
  )
}

export async function revokeInvite({ query }: Sql, roomKey: number, id: string, now: Date): Promise<boolean> {
  const revoked = await query(
    `update invites set revoked_at = $3 where room_key = $1 and id = $2 and revoked_at is null returning 1`,
    [roomKey, id, now],
  )
  return revoked.length === 1
}
