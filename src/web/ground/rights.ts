import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import type { RoomState } from '../../sdk/state.ts'

/** What one may do in a room, as the server will see it: what it would refuse is not offered. */
export type Rights = { me: string | undefined; post: boolean; act: boolean; moderate: boolean }

export function rightsIn(room: RoomState, me: User | undefined): Rights {
  const moderate = room.role === 'owner' || room.role === 'moderator' || me?.roles.includes('admin') === true
  const silenced = room.silenced_until !== undefined && Date.parse(room.silenced_until) > Date.now()
  const act = !room.archived && room.role !== undefined && !silenced
  return { me: me?.username, act, moderate, post: act && (room.posting === 'members' || moderate) }
}

export function rightsOn({ author, deleted_at, damaged }: Message, rights: Rights) {
  const own = author.username === rights.me
  const living = !deleted_at
  return {
    react: living && rights.act,
    reply: living && rights.post,
    edit: living && !damaged && own && rights.post,
    remove: living && rights.act && (own || rights.moderate),
    pin: living && rights.act && rights.moderate,
    copy: living && !damaged,
  }
}
