import { ChatError } from '../../protocol/errors.ts'
import { isAdmin, type Scope, type Tools } from '../../scope.ts'
import { operatorsPass } from '../auth/redeem.ts'
import type { LogRoom } from '../log/entry.ts'
import type { RoomPass } from '../log/writer.ts'
import { type Asked, type Held, type KnownRoom, knownRooms, type Membership } from './known.ts'

/**
 * What an actor wants to do with a room: find it, read it, act in it without a message (react, delete), post, moderate it,
 * change it as its owner, or take all of it out.
 */
export type Need = 'find' | 'read' | 'act' | 'post' | 'moderate' | 'own' | 'export'

export type Access = { room: KnownRoom; member: Membership | null }

/**
 * The only way to get a room. A room that the actor may not see looks exactly like a room that does not exist. Returns without
 * a promise if room and membership are cached, so that the messages of one connection keep their order without waiting. Verbs
 * call `withRoomLock`, `changeInRoom` or `readRoom` instead, which check the gate again when it counts.
 */
export function accessRoom(scope: Scope, id: string, need: Need): Access | Promise<Access> {
  const signedIn = scope.recheck()
  const held = knownRooms(scope).peek(id, scope.actor.id)
  if (held && signedIn === undefined && maySee(scope, held)) return permit(scope, held, need)
  return loadAccess(scope, id, need, signedIn)
}

/** Whether the actor may do this with what is in memory, so that `accessRoom` would not wait. */
export function isAtHand(scope: Scope, id: string, need: Need): boolean {
  try {
    const signedIn = scope.recheck()
    // Without a handler, the rejection would end the process.
    signedIn?.catch(() => undefined)
    const held = knownRooms(scope).peek(id, scope.actor.id)
    if (held === undefined || signedIn !== undefined || !maySee(scope, held)) return false
    return refusals[need](scope, held.room, held.member) === undefined
  } catch {
    return false
  }
}

/** Whether what is in memory is enough to know that the actor may not do this. */
export function isRefused(scope: Scope, id: string, need: Need): boolean {
  const held = knownRooms(scope).peek(id, scope.actor.id)
  if (held === undefined) return false
  return !maySee(scope, held) || refusals[need](scope, held.room, held.member) !== undefined
}

/** It takes as long to refuse a room that may not be known of as one that does not exist. */
async function loadAccess(scope: Scope, id: string, need: Need, signedIn: undefined | Promise<undefined>) {
  await signedIn
  const rooms = knownRooms(scope)
  const asked: Asked = {}
  const held = await rooms.load(id, scope.actor.id, asked)
  if (held && maySee(scope, held)) return permit(scope, held, need)
  await rooms.askTheRest(id, scope.actor.id, asked)
  throw new ChatError('room_not_found')
}

/** The right to do something in an accessed room. A new room with the same id is another room. */
export function passTo(scope: Scope, room: KnownRoom, need: Need): RoomPass<Access> & { room: KnownRoom } {
  return {
    room,
    recheck() {
      const access = accessRoom(scope, room.id, need)
      if (!(access instanceof Promise) && access.room.key !== room.key) throw new ChatError('room_not_found')
      return access
    },
    forget: () => knownRooms(scope).forget(room.key),
  }
}

/** For the operator, and for the end of an account or a webhook: no person's right is used. */
export function passOfServer<Room extends LogRoom>(room: Room): RoomPass<undefined> & { room: Room } {
  return { room, ...operatorsPass }
}

/** Gets a room for the operator, who is a member of none. Direct rooms are private. */
export async function operatorsRoom(tools: Tools, id: string): Promise<KnownRoom> {
  const room = await knownRooms(tools).find(id)
  if (room && !room.deleted && room.access !== 'direct') return room
  throw new ChatError('room_not_found')
}

/** Whether this room, which the actor has accessed before, is a direct one. */
export function isDirect(scope: Scope, id: string): boolean {
  return knownRooms(scope).peek(id, scope.actor.id)?.room.access === 'direct'
}

/** For a room that the actor may see. */
function permit(scope: Scope, held: Held, need: Need): Access {
  const refusal = refusals[need](scope, held.room, held.member)
  if (refusal === undefined) return held
  throw refusal
}

function maySee(scope: Scope, { room, member }: Held): boolean {
  if (room.deleted) return false
  if (room.access === 'admins' && !isAdmin(scope)) return false
  return member !== null || room.access === 'open' || (isAdmin(scope) && room.access !== 'direct')
}

export const moderates = (scope: Scope, member: Membership | null): boolean =>
  isAdmin(scope) || member?.role === 'owner' || member?.role === 'moderator'

export function requireModerator(scope: Scope, member: Membership | null): void {
  if (!moderates(scope, member)) throw new ChatError('moderators_only')
}

/** Returns why the actor, who can find the room, may not do this; undefined if they may. */
type Refusal = (scope: Scope, room: KnownRoom, member: Membership | null) => ChatError | undefined

const mayRead: Refusal = (_scope, _room, member) => (member ? undefined : new ChatError('not_a_member'))

const mayAct: Refusal = (scope, room, member) => {
  if (!member) return new ChatError('not_a_member')
  if (room.archived) return new ChatError('room_archived')
  if (member.blocked) return new ChatError('direct_blocked')
  const { silencedUntil: until } = member
  if (!until) return undefined
  const silentMs = until.getTime() - scope.clock().getTime()
  if (silentMs <= 0) return undefined
  return new ChatError('silenced', { until: until.toISOString() }, { retryAfterMs: silentMs })
}

const mayOwn: Refusal = (scope, _room, member) =>
  isAdmin(scope) || member?.role === 'owner' ? undefined : new ChatError('owners_only')

const refusals: Record<Need, Refusal> = {
  find: () => undefined,
  read: mayRead,
  act: mayAct,
  post: (scope, room, member) =>
    mayAct(scope, room, member) ??
    (room.posting === 'members' || moderates(scope, member) ? undefined : new ChatError('moderators_post')),
  moderate: (scope, _room, member) =>
    moderates(scope, member) ? undefined : new ChatError('moderators_only'),
  own: mayOwn,
  // An administrator reads no room that they are not in.
  export: (scope, room, member) =>
    mayRead(scope, room, member) ??
    (room.access === 'direct' ? new ChatError('direct_not_exported') : mayOwn(scope, room, member)),
}
