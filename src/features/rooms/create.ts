import { randomId } from '../../crypto/keys.ts'
import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { NewRoom, Room } from '../../protocol/rooms.ts'
import { isAdmin, type Pass, type Person, type Scope, type Tools } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import { passWith } from '../auth/redeem.ts'
import { writer } from '../log/writer.ts'
import { type KnownRoom, knownRooms } from './known.ts'
import { showRoom } from './list.ts'
import { sendRoomOpened } from './membership.ts'
import { insertMember, insertRoom } from './store.ts'

export async function createRoom(scope: Scope, newRoom: NewRoom): Promise<Room> {
  const { actor } = scope
  const access = newRoom.access ?? 'open'
  if (access === 'direct') throw invalidField('/access', 'direct_elsewhere')
  const forAdmins = scope.policy.roomCreation === 'admins' || access === 'admins'
  if (forAdmins && !isAdmin(scope)) throw new ChatError('admins_create_rooms')
  const pass = passWith(scope, forAdmins ? 'admin' : 'self')
  const room = await createRoomFor(scope, pass, actor, { ...newRoom, access })
  await sendRoomOpened(scope, room, actor)
  return showRoom(scope, room.id)
}

/** Creates a room; its first event says that the owner joined. Rooms of the community have no owner. */
export async function createRoomFor(
  tools: Tools,
  pass: Pass<unknown>,
  owner: Person | undefined,
  newRoom: NewRoom,
): Promise<KnownRoom> {
  const access = newRoom.access ?? 'open'
  // Private rooms get a random id: otherwise anybody could find their names by creating rooms of the same name.
  const id = access === 'closed' || access === 'direct' ? randomId() : newRoom.id
  if (id === undefined) throw invalidField('/id', 'required')
  try {
    const row = await writer(tools).createRoom(pass, async (sql, at) => {
      const room = await insertRoom(sql, {
        id,
        epoch: randomId(),
        title: newRoom.title ?? newRoom.id ?? id,
        description: newRoom.description ?? '',
        access,
        posting: newRoom.posting ?? 'members',
        createdBy: owner?.id ?? null,
        createdAt: at,
      })
      if (!owner) return { room, entries: [] }
      const role = 'owner'
      await insertMember(sql, { roomKey: room.key, userId: owner.id, role, joinedAt: at, readSeq: 1 })
      const joined = {
        kind: 'member.joined',
        actor: owner,
        member: owner,
        detail: { user: owner.id, role },
      } as const
      return { room, entries: [joined] }
    })
    return knownRooms(tools).keep(row)
  } catch (error) {
    if (violation(error)?.constraint !== 'rooms_id') throw error
    throw invalidField('/id', 'room_taken')
  }
}
