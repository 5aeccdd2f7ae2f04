import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { type Held, type KnownRoom, knownRooms, type Membership } from './known.ts'

/** What somebody wants of a room. Each includes those before it. */
export type Need = 'find' | 'read' | 'post' | 'moderate' | 'own'

export type Access = { room: KnownRoom; member: Membership | null }

/**
 * The only way to hold a room. A room one may not know of looks exactly like one that does not exist. Answers at once
 * when room and membership are in memory, so that the messages of one connection keep their order without waiting.
 */
export function accessRoom(scope: Scope, id: string, need: Need): Access | Promise<Access> {
  const held = knownRooms(scope).peek(id, scope.actor.id)
  if (held) return permit(scope, held, need)
  return knownRooms(scope)
    .load(id, scope.actor.id)
    .then((loaded) => permit(scope, loaded, need))
}

function permit(scope: Scope, held: Held | undefined, need: Need): Access {
  if (!held || held.room.deleted || !mayFind(scope, held))
    throw new ChatError('not_found', 'There is no such room.')
  const { room, member } = held
  if (needs[need](scope, room, member)) return held
  throw new ChatError(
    'forbidden',
    member || need === 'own' || need === 'moderate' ? refusals[need] : 'Join the room first.',
  )
}

function mayFind({ actor }: Scope, { room, member }: Held): boolean {
  if (room.access === 'admins' && !actor.admin) return false
  return member !== null || room.access === 'open' || (actor.admin && room.access !== 'direct')
}

const moderates = (scope: Scope, member: Membership | null): boolean =>
  scope.actor.admin || member?.role === 'owner' || member?.role === 'moderator'

const needs: Record<Need, (scope: Scope, room: KnownRoom, member: Membership | null) => boolean> = {
  find: () => true,
  read: (_scope, _room, member) => member !== null,
  post: (scope, room, member) => member !== null && (room.posting === 'members' || moderates(scope, member)),
  moderate: (scope, _room, member) => moderates(scope, member),
  own: (scope, _room, member) => scope.actor.admin || member?.role === 'owner',
}

const refusals: Record<Need, string> = {
  find: '',
  read: 'Join the room first.',
  post: 'Only moderators write in this room.',
  moderate: 'Only moderators of this room may do that.',
  own: 'Only the owner of this room may do that.',
}
