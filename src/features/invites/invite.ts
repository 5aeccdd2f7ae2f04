import { hashToken, randomId, randomToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Invite, InviteDraft, Room } from '../../protocol/rooms.ts'
import type { Scope } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { writer } from '../log/writer.ts'
import { accessRoom } from '../rooms/access.ts'
import { recordAdministration } from '../rooms/administration.ts'
import { enter, tellOpened } from '../rooms/enter.ts'
import { knownRooms } from '../rooms/known.ts'
import { showRoom } from '../rooms/list.ts'
import {
  findInvite,
  type InviteRow,
  insertInvite,
  listInvites,
  type OfferedInvite,
  revokeInviteRow,
  useInvite,
} from './store.ts'

const weekSeconds = 7 * 24 * 3600

export async function createInvite(scope: Scope, id: string, draft: InviteDraft): Promise<Invite> {
  const access = await accessRoom(scope, id, 'moderate')
  const { room } = access
  if (room.access !== 'open' && room.access !== 'closed') {
    throw new ChatError('invites_not_accepted')
  }
  if (room.archived) throw new ChatError('room_archived')
  const code = randomToken(18)
  const now = scope.clock()
  const row = await insertInvite(scope.sql, {
    id: randomId(),
    roomKey: room.key,
    codeHash: hashToken(code),
    createdBy: scope.actor.id,
    createdAt: now,
    expiresAt: new Date(now.getTime() + (draft.expires_in ?? weekSeconds) * 1000),
    mostUses: draft.max_uses ?? null,
  })
  await recordAdministration(scope, access, { action: 'invite.made', detail: { invite: row.id } })
  return { ...presentInvite(row, room.id, scope.actor.username), code }
}

export async function listRoomInvites(scope: Scope, id: string): Promise<{ items: Invite[] }> {
  const { room } = await accessRoom(scope, id, 'moderate')
  const rows = await listInvites(scope.sql, room.key, scope.clock())
  const people = await authorsOf(
    scope,
    rows.map(({ createdBy }) => createdBy),
  )
  return { items: rows.map((row) => presentInvite(row, room.id, people.get(row.createdBy)!.username)) }
}

export async function revokeInvite(scope: Scope, id: string, invite: string): Promise<void> {
  const access = await accessRoom(scope, id, 'moderate')
  if (!(await revokeInviteRow(scope.sql, access.room.key, invite, scope.clock()))) {
    throw new ChatError('invite_not_found')
  }
  await recordAdministration(scope, access, { action: 'invite.revoked', detail: { invite } })
}

/** What a person with the code may see of the room, before they join. */
export async function showInvitation(scope: Scope, code: string) {
  const invite = await findOffered(scope, code)
  const people = await authorsOf(scope, [invite.createdBy])
  return {
    room: invite.room,
    title: invite.title,
    description: invite.description,
    invited_by: people.get(invite.createdBy)!.username,
    expires_at: invite.expiresAt.toISOString(),
  }
}

/** Joins the room. A member of the room does not use up the invite. */
export async function acceptInvite(scope: Scope, code: string): Promise<Room> {
  const invite = await findOffered(scope, code)
  const known = await knownRooms(scope).load(invite.room, scope.actor.id)
  if (!known || known.room.archived) throw invalid()
  const { room } = known
  const joined = await writer(scope).transact(room, async (tx) => {
    if (!(await enter(scope, tx, room, scope.actor, 'member'))) return false
    // Inside the transaction: an invite for one person must not let two in.
    if (!(await useInvite(tx.sql, invite.id, tx.at))) throw invalid()
    return true
  })
  if (joined) await tellOpened(scope, room, scope.actor)
  return showRoom(scope, room.id)
}

async function findOffered(scope: Scope, code: string): Promise<OfferedInvite> {
  const invite = await findInvite(scope.sql, hashToken(code), scope.clock())
  if (!invite) throw invalid()
  return invite
}

/** Wrong, expired, used up and revoked codes get the same refusal. */
const invalid = (): ChatError => new ChatError('invite_invalid')

function presentInvite(row: InviteRow, room: string, createdBy: string): Invite {
  return {
    id: row.id,
    room,
    created_by: createdBy,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    ...(row.mostUses === null ? {} : { max_uses: row.mostUses }),
    uses: row.uses,
  }
}
