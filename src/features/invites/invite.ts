import { hashToken, randomId, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Invite, NewInvite } from '../../protocol/invites.ts'
import type { Scope } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { recordAdministration } from '../rooms/administration.ts'
import { readRoom, withRoomLock } from '../rooms/lock.ts'
import { type InviteRow, insertInvite, listInvites, revokeInviteRow } from './store.ts'

const weekSeconds = 7 * 24 * 3600

export function createInvite(scope: Scope, id: string, newInvite: NewInvite): Promise<Invite> {
  return withRoomLock(scope, id, 'moderate', async (tx, access) => {
    const { room } = access
    if (room.access !== 'open' && room.access !== 'closed') throw new ChatError('invites_not_accepted')
    if (room.archived) throw new ChatError('room_archived')
    const code = randomToken(18)
    const row = await insertInvite(tx.sql, {
      id: randomId(),
      roomKey: room.key,
      codeHash: hashToken(code),
      createdBy: scope.actor.id,
      createdAt: tx.at,
      expiresAt: new Date(tx.at.getTime() + (newInvite.expires_in ?? weekSeconds) * 1000),
      mostUses: newInvite.max_uses ?? null,
    })
    await recordAdministration(scope, access, { action: 'invite.made', detail: { invite: row.id } }, tx.sql)
    return { ...presentInvite(row, room.id, scope.actor.username), code }
  })
}

export function listRoomInvites(scope: Scope, id: string): Promise<{ items: Invite[] }> {
  return readRoom(scope, id, 'moderate', async ({ room }) => {
    const rows = await listInvites(scope.sql, room.key, scope.clock())
    const people = await authorsOf(
      scope,
      rows.map(({ createdBy }) => createdBy),
    )
    return { items: rows.map((row) => presentInvite(row, room.id, people.get(row.createdBy)!.username)) }
  })
}

export async function revokeInvite(scope: Scope, id: string, invite: string): Promise<void> {
  await withRoomLock(scope, id, 'moderate', async (tx, access) => {
    if (!(await revokeInviteRow(tx.sql, access.room.key, invite, tx.at)))
      throw new ChatError('invite_not_found')
    await recordAdministration(scope, access, { action: 'invite.revoked', detail: { invite } }, tx.sql)
  })
}

function presentInvite(row: InviteRow, room: string, createdBy: string): Invite {
  return {
    id: row.id,
    room,
    created_by: createdBy,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    ...(row.mostUses === null ? {} : { max_uses: row.mostUses }),
    uses: row.uses,
    ...(row.creatorMay ? {} : { creator_lost_right: true }),
  }
}
