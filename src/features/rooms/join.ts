import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import { announce, type Scope } from '../../scope.ts'
import { MembershipMoved } from '../log/memberships.ts'
import type { Appended } from '../log/repeats.ts'
import { type RoomPass, writer } from '../log/writer.ts'
import { type Access, accessRoom, passTo } from './access.ts'
import { recordAdministration } from './administration.ts'
import type { KnownRoom } from './known.ts'
import { showRoom } from './list.ts'
import { withRoomLock } from './lock.ts'
import { addMember, removeFromRoom, sendRoomLost, sendRoomOpened } from './membership.ts'
import { presentRoom } from './present.ts'
import type { RoomListRow } from './store.ts'

/** Joining again changes nothing. */
export async function joinRoom(scope: Scope, id: string): Promise<Room> {
  const { room, member } = await accessRoom(scope, id, 'find')
  const opened = member ? undefined : await join(scope, room)
  return opened ? presentRoom(opened) : showRoom(scope, id)
}

/** The room as it is for its new member; undefined if it has to be read. */
async function join(scope: Scope, room: KnownRoom): Promise<RoomListRow | undefined> {
  const appended = await appendJoin(scope, room)
  if (!appended) {
    if (await joinInTransaction(scope, room.id)) await sendRoomOpened(scope, room, scope.actor)
    return undefined
  }
  const row = await roomAfter(scope, room, appended)
  if (row) await sendRoomOpened(scope, room, scope.actor, row)
  return row
}

/** The room as of the event of their joining: nothing is unread. Undefined if they are in it no more. */
async function roomAfter(
  scope: Scope,
  room: KnownRoom,
  { seq, at }: Appended,
): Promise<RoomListRow | undefined> {
  let access = accessRoom(scope, room.id, 'find')
  // A change may have come while it was read.
  for (; access instanceof Promise; access = accessRoom(scope, room.id, 'find')) await access
  const { room: now, member } = access
  if (now.key !== room.key || !member) return undefined
  const { role, silencedUntil: until } = member
  return {
    ...now,
    archivedAt: now.archived ? at : null,
    deletedAt: null,
    role,
    silencedUntil: until && until > scope.clock() ? until : null,
    readSeq: seq,
    notify: 'all',
    mutedUntil: null,
    favourite: false,
    section: null,
    people: null,
    directTitle: null,
    directAvatar: null,
    directStatus: null,
    lastAt: at.getTime() * 1000,
    head: seq,
    unread: 0,
    mentions: 0,
  }
}

/** Together with others who join at this moment, and with messages. Undefined if nothing was stored. */
function appendJoin(scope: Scope, room: KnownRoom): Promise<Appended | undefined> {
  const { actor } = scope
  const pass = passIf(scope, room, 'find', ({ room, member }) => {
    if (!member && room.archived) throw new ChatError('room_archived')
    // Only an admin knows of a closed room that they are not in, and that is recorded.
    return !member && room.access !== 'closed'
  })
  const detail = { user: actor.id, role: 'member' } as const
  return unlessMoved(writer(scope).append(pass, { kind: 'member.joined', actor, member: actor, detail }))
}

/** For what is rare: a closed room, or somebody who was faster. False if they are in it already. */
async function joinInTransaction(scope: Scope, id: string): Promise<boolean> {
  return withRoomLock(scope, id, 'find', async (tx, access) => {
    const { room, member } = access
    if (!member && room.archived) throw new ChatError('room_archived')
    const joined = await addMember(scope, tx, room, scope.actor, 'member')
    // They are in it already: what is in memory may say otherwise, when the response to their joining was lost.
    if (!joined)
      tx.onCommit(() =>
        announce(scope, { what: 'member', room: room.key, user: scope.actor.id, gone: false }),
      )
    if (joined && room.access === 'closed') {
      await recordAdministration(scope, access, { action: 'member.put', subject: scope.actor.id }, tx.sql)
    }
    return joined
  })
}

export async function leaveRoom(scope: Scope, id: string): Promise<void> {
  const access = await accessRoom(scope, id, 'read')
  const { room } = access
  if (room.access === 'direct') throw new ChatError('direct_members_fixed')
  if (await appendLeave(scope, access)) sendRoomLost(scope, room, scope.actor, 'left')
  else await removeFromRoom(scope, passTo(scope, room, 'read'), scope.actor, { reason: 'left' })
}

/** Undefined if nothing was stored: a room keeps an owner, which takes a transaction. */
async function appendLeave(scope: Scope, { room, member }: Access): Promise<Appended | undefined> {
  const { actor } = scope
  const role = member?.role
  if (!role || role === 'owner') return undefined
  const pass = passIf(scope, room, 'read', ({ member }) => member?.role === role)
  const detail = { user: actor.id, role }
  return unlessMoved(writer(scope).append(pass, { kind: 'member.left', actor, member: actor, detail }))
}

/** A pass that is good only as long as nothing has to be found out in a transaction. */
function passIf(
  scope: Scope,
  room: KnownRoom,
  need: 'find' | 'read',
  isPlain: (access: Access) => boolean,
): RoomPass<Access> {
  const gate = passTo(scope, room, need)
  return {
    ...gate,
    recheck() {
      const access = gate.recheck()
      if (access instanceof Promise || isPlain(access)) return access
      throw new MembershipMoved()
    },
  }
}

async function unlessMoved(appended: Promise<Appended>): Promise<Appended | undefined> {
  try {
    return await appended
  } catch (error) {
    if (error instanceof MembershipMoved) return undefined
    throw error
  }
}
