import { randomId } from '../../crypto/keys.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Room, RoomDraft } from '../../protocol/rooms.ts'
import { isAdmin, type Pass, type Person, type Scope, type Tools } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import { powerOf } from '../auth/redeem.ts'
import { writer } from '../log/writer.ts'
import { tellOpened } from './enter.ts'
import { type KnownRoom, knownRooms } from './known.ts'
import { showRoom } from './list.ts'
import { insertMember, insertRoom } from './store.ts'

export async function createRoom(scope: Scope, draft: RoomDraft): Promise<Room> {
  const { actor } = scope
  const access = draft.access ?? 'open'
  if (access === 'direct') throw invalidField('/access', 'direct_elsewhere')
  const forAdmins = scope.policy.roomCreation === 'admins' || access === 'admins'
  if (forAdmins && !isAdmin(scope)) throw new ChatError('admins_create_rooms')
  const pass = powerOf(scope, forAdmins ? 'admin' : 'self')
  const room = await foundRoom(scope, pass, actor, { ...draft, access })
  await tellOpened(scope, room, actor)
  return showRoom(scope, room.id)
}

/** Creates a room; its first event says that the owner joined. Rooms of the community have no owner. */
export async function foundRoom(
  tools: Tools,
  pass: Pass<unknown>,
  founder: Person | undefined,
  draft: RoomDraft,
): Promise<KnownRoom> {
  const access = draft.access ?? 'open'
  // Private rooms get a random id: otherwise anybody could find their names by creating rooms of the same name.
  const id = access === 'closed' || access === 'direct' ? randomId() : draft.id
  if (id === undefined) throw invalidField('/id', 'required')
  try {
    const row = await writer(tools).createRoom(pass, async (sql, at) => {
      const room = await insertRoom(sql, {
        id,
        epoch: randomId(),
        title: draft.title ?? draft.id ?? id,
        description: draft.description ?? '',
        access,
        posting: draft.posting ?? 'members',
        createdBy: founder?.id ?? null,
        createdAt: at,
      })
      if (!founder) return { room, entries: [] }
      const role = 'owner'
      await insertMember(sql, { roomKey: room.key, userId: founder.id, role, joinedAt: at, readSeq: 1 })
      const joined = {
        kind: 'member.joined',
        actor: founder,
        member: founder,
        detail: { user: founder.id, role },
      } as const
      return { room, entries: [joined] }
    })
    return knownRooms(tools).keep(row)
  } catch (error) {
    if (violation(error)?.constraint !== 'rooms_id') throw error
    throw invalidField('/id', 'room_taken')
  }
}
