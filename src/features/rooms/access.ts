import { ChatError } from '../../protocol/errors.ts'
import { isAdmin, type Scope, type Tools } from '../../scope.ts'
import { type Held, type KnownRoom, knownRooms, type Membership } from './known.ts'

/**
 * What somebody wants of a room: know of it, read it, do something in it that is no message (react, delete), write,
 * moderate it, own it.
 */
export type Need = 'find' | 'read' | 'act' | 'post' | 'moderate' | 'own'

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

/** The operator, who is nobody's member, holds every room but those where people are among themselves. */
export async function operatorsRoom(tools: Tools, id: string): Promise<KnownRoom> {
  const room = await knownRooms(tools).find(id)
  if (room && !room.deleted && room.access !== 'direct') return room
  throw new ChatError('not_found', 'There is no such room.')
}

/** Whether a room that was accessed before is a direct one. */
export function isDirect(scope: Scope, id: string): boolean {
  return knownRooms(scope).peek(id, scope.actor.id)?.room.access === 'direct'
}

function permit(scope: Scope, held: Held | undefined, need: Need): Access {
  if (!held || held.room.deleted || !mayFind(scope, held)) {
    throw new ChatError('not_found', 'There is no such room.')
  }
  const refusal = refusals[need](scope, held.room, held.member)
  if (refusal === undefined) return held
  throw typeof refusal === 'string' ? new ChatError('forbidden', refusal) : refusal
}

function mayFind(scope: Scope, { room, member }: Held): boolean {
  if (room.access === 'admins' && !isAdmin(scope)) return false
  return member !== null || room.access === 'open' || (isAdmin(scope) && room.access !== 'direct')
}

export const moderates = (scope: Scope, member: Membership | null): boolean =>
  isAdmin(scope) || member?.role === 'owner' || member?.role === 'moderator'

export function requireModerator(scope: Scope, member: Membership | null): void {
  if (!moderates(scope, member)) throw new ChatError('forbidden', moderatorsOnly)
}

const moderatorsOnly = 'Only moderators of this room may do that.'

/** Why somebody who knows of the room may not: a sentence or an error of its own; undefined when they may. */
type Refusal = (scope: Scope, room: KnownRoom, member: Membership | null) => string | ChatError | undefined

const mayRead: Refusal = (_scope, _room, member) => (member ? undefined : 'Join the room first.')

const mayAct: Refusal = (scope, room, member) => {
  if (!member) return 'Join the room first.'
  if (room.archived) return 'The room is archived.'
  if (member.blocked) return 'Not everyone here can be written to.'
  const silentMs = (member.silencedUntil?.getTime() ?? 0) - scope.clock().getTime()
  if (silentMs <= 0) return undefined
  return new ChatError('forbidden', 'You are silenced in this room.', { retryAfterMs: silentMs })
}

const refusals: Record<Need, Refusal> = {
  find: () => undefined,
  read: mayRead,
  act: mayAct,
  post: (scope, room, member) =>
    mayAct(scope, room, member) ??
    (room.posting === 'members' || moderates(scope, member)
      ? undefined
      : 'Only moderators write in this room.'),
  moderate: (scope, _room, member) => (moderates(scope, member) ? undefined : moderatorsOnly),
  own: (scope, _room, member) =>
    isAdmin(scope) || member?.role === 'owner' ? undefined : 'Only the owner of this room may do that.',
}
