import type { User } from '../../protocol/users.ts'
import type { RoomMember, RoomState } from '../../sdk/state.ts'

/** What one may do in a room that one is in, as the server has it: so that nothing is offered that would be refused. */
export type Powers = {
  /** Its settings, archiving, deleting. */
  own: boolean
  /** Adding and removing members. */
  people: boolean
  /** Making moderators and owners, and dealing with those there are. */
  appoint: boolean
  /** Silencing members. */
  silence: boolean
  /** Making invites, and revoking them. */
  invite: boolean
  revoke: boolean
  /** Seeing which programs write here, and turning them away; whoever may invite may let one in. */
  webhooks: boolean
  leave: boolean
}

type Room = Partial<Pick<RoomState, 'archived' | 'role'>> & Pick<RoomState, 'access'>

export function powersIn(room: Room, me: Pick<User, 'roles'> | undefined): Powers {
  const admin = me?.roles.includes('admin') ?? false
  const direct = room.access === 'direct'
  const owns = !direct && (admin || room.role === 'owner')
  const moderates = owns || (!direct && room.role === 'moderator')
  const invitable = room.access === 'open' || room.access === 'closed'
  return {
    own: owns,
    people: moderates && !room.archived,
    appoint: owns && !room.archived,
    silence: moderates,
    invite: moderates && invitable && !room.archived,
    revoke: moderates && invitable,
    webhooks: moderates && invitable,
    leave: !direct && room.role !== undefined,
  }
}

/** What one may do with somebody of a role: moderators and owners are a matter for the owner. */
export function powersOver(role: RoomMember['role'], room: Room, me: Pick<User, 'roles'> | undefined) {
  const { own, people, appoint, silence } = powersIn(room, me)
  return {
    remove: people && (role === 'member' || appoint),
    silence: silence && (role === 'member' || own),
    appoint,
  }
}
