import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import type { RoomMember, RoomState, State } from '../../sdk/state.ts'

/** What you may do in a room, as the server decides it: the page offers nothing that the server would refuse. */
export type Powers = {
  me: string | undefined
  /** React, and delete your own messages: members who are not silenced, while the room is not archived. */
  act: boolean
  /** Write and edit messages. */
  post: boolean
  /** Pin messages, and delete those of others. Moderators do not wait in a slow room. */
  moderate: boolean
  /** Change, archive and delete the room. */
  own: boolean
  /** Download all of it. Administrators only where they are members. */
  export: boolean
  /** Add and remove members. */
  people: boolean
  /** Make moderators and owners, and remove or silence them. */
  appoint: boolean
  /** Silence members. */
  silence: boolean
  /** Create invites, and revoke them. */
  invite: boolean
  revoke: boolean
  /** List and remove the webhooks of the room. `invite` allows to add one. */
  webhooks: boolean
  leave: boolean
  /** Report messages of others. */
  report: boolean
  /** Mark messages as unread. */
  keepUnread: boolean
}

/** Whose reports you handle, as a key that changes with it; empty if you handle none. */
export const reportsKey = ({ me, rooms }: State): string =>
  me?.roles.includes('admin')
    ? 'all'
    : Object.values(rooms)
        .filter(({ access, role }) => access !== 'direct' && (role === 'owner' || role === 'moderator'))
        .map(({ id }) => id)
        .sort()
        .join(' ')

type Room = Pick<RoomState, 'access'> &
  Partial<Pick<RoomState, 'archived' | 'role' | 'posting' | 'silenced_until'>>

export function powersIn(room: Room, user: Pick<User, 'username' | 'roles'> | undefined): Powers {
  const admin = user?.roles.includes('admin') ?? false
  const direct = room.access === 'direct'
  const owner = admin || room.role === 'owner'
  const moderator = owner || room.role === 'moderator'
  const keeps = moderator && !direct
  const invitable = room.access === 'open' || room.access === 'closed'
  const silenced = room.silenced_until !== undefined && Date.parse(room.silenced_until) > Date.now()
  const act = !room.archived && room.role !== undefined && !silenced
  return {
    me: user?.username,
    act,
    post: act && (room.posting !== 'moderators' || moderator),
    moderate: act && moderator,
    own: owner && !direct,
    export: owner && !direct && room.role !== undefined,
    people: keeps && !room.archived,
    appoint: owner && !direct && !room.archived,
    silence: keeps,
    invite: keeps && invitable && !room.archived,
    revoke: keeps && invitable,
    webhooks: keeps && invitable,
    leave: !direct && room.role !== undefined,
    report: room.role !== undefined,
    keepUnread: room.role !== undefined,
  }
}

/** What you may do with a member: only owners and administrators remove and silence moderators and owners. */
export const powersOver = (role: RoomMember['role'], { own, people, appoint, silence }: Powers) => ({
  remove: people && (role === 'member' || appoint),
  silence: silence && (role === 'member' || own),
  appoint,
})

/** What you may do with a message. */
export function powersOn(
  { author, content, edited_at, deleted_at, damaged, thread, thread_seq }: Message,
  { me, act, post, moderate, report, keepUnread }: Powers,
) {
  const own = author.username === me
  const exists = !deleted_at
  return {
    react: exists && act,
    reply: exists && post,
    thread: thread !== undefined || thread_seq !== undefined || (exists && post),
    edit: exists && !damaged && own && post,
    remove: exists && act && (own || moderate),
    pin: exists && moderate,
    copy: exists && !damaged && content !== '',
    versions: exists && edited_at !== undefined,
    report: exists && report && !own,
    keepUnread,
    save: exists && keepUnread,
  }
}
