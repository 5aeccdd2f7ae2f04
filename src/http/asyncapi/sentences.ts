import type { CloseReason } from '../../protocol/close.ts'
import type { CommandName } from '../../protocol/commands.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { durableEvents, ephemeralEvents, userEvents } from '../../protocol/events.ts'

/** One published sentence for each command, event, error and close code. A missing one is a compile error. */

export const commandSentences: Record<CommandName, string> = {
  'room.subscribe': 'Get every event of a room; with `since`, also the events you have missed.',
  'room.unsubscribe': 'Stop getting the events of a room. You stay a member.',
  'room.join': 'Join an open room. Joining again changes nothing.',
  'room.leave': 'Leave a room. You cannot leave a direct room.',
  'message.send': 'Send a message. Sent again with the same `client_id`, it is the same message.',
  'message.edit': 'Edit your message.',
  'message.delete': 'Delete a message (its author, moderators). A tombstone stays.',
  'message.list': 'Get a page of messages, in ascending order; without `before` and `after`, the newest.',
  'reaction.add': 'Add a reaction to a message. Adding it again changes nothing.',
  'reaction.remove': 'Remove your reaction.',
  'pin.add': 'Pin a message (moderators only).',
  'pin.remove': 'Unpin a message (moderators only).',
  'read.mark': 'Move your read mark. It never moves backwards.',
  'typing.start': 'Show the room that you are typing. It ends after 6 s: send it again while you type.',
  'presence.list': 'List the members who are online.',
  'direct.open': 'Open the direct room with these people. It is created the first time.',
  'session.renew': 'Give this socket a new access token of the same session.',
  ping: 'Check whether the server still replies.',
}

export const eventSentences: Record<
  keyof typeof durableEvents | keyof typeof ephemeralEvents | keyof typeof userEvents,
  string
> = {
  'message.created': 'A message was sent.',
  'message.edited': 'A message was edited. The event has the whole message.',
  'message.deleted': 'A message was deleted. The event has its tombstone.',
  'reaction.added': 'Somebody added a reaction.',
  'reaction.removed': 'Somebody removed their reaction.',
  'pin.added': 'A message was pinned.',
  'pin.removed': 'A message was unpinned.',
  'member.joined': 'Somebody joined or was added.',
  'member.left': 'Somebody left or was removed.',
  'member.updated': 'The role of a member changed.',
  'room.updated': 'The room changed. The event has only the changed fields.',
  'presence.changed': 'A member came online or went offline.',
  'typing.changed': 'Somebody started or stopped typing.',
  'receipt.changed': 'Somebody has received or read messages.',
  'room.opened':
    'You are in a new room: you created or joined it, somebody added you, or it is a direct room.',
  'room.closed': 'You are no longer in this room, or it was deleted.',
  'read.changed': 'Your read mark moved, on this or another device.',
  'mention.created': 'Somebody mentioned you in a message.',
  'silence.changed':
    'A moderator silenced a member: they may read, but not write, until `until`, even if they leave and join again. Without `until`, they may write again. Only the member and moderators get this event.',
  'user.updated': 'Your profile or role changed. The event has what GET /users/me returns.',
  'session.ending':
    'The socket will be closed: its token expires within a minute (`token_expired`: renew it), or the session has ended.',
}

export const errorSentences: Record<ErrorCode, string> = {
  bad_request: 'The body is not JSON, or the frame is not a frame.',
  unauthenticated: 'Sign in, or renew the token.',
  forbidden: 'You can see it, but have no permission to do this.',
  not_found: 'It does not exist, or you have no permission to see it.',
  conflict: 'Already taken, or a `client_id` that was used with another body.',
  gone: 'It was deleted.',
  too_large: 'Larger than a frame or a body can be.',
  invalid: 'With `errors: [{path, reason, params?, message}]`, never the value.',
  rate_limited: 'Send it again after `retry_after_ms`.',
  internal: 'A bug. Its `id` is in the log of the server.',
  unavailable: 'You can safely send it again with the same `client_id`.',
}

/** What a client should do after a socket is closed. */
export const closeAdvice: Record<CloseReason, string> = {
  restarting: 'The close reason has `retry_after_ms=…`, different for each client.',
  token_expired: 'Refresh the token; or, before this happens, `session.renew` on the open socket.',
  slow: 'The client had more than 1 MB left to read.',
  no_pong: 'The client did not respond to a WebSocket ping in time.',
  overloaded: 'Wait longer before each try.',
  not_authenticated: 'Sign in.',
  session_ended: 'Sign in again, if the account still can.',
  abuse: 'Fix the client.',
  too_many: 'Close other connections first.',
  no_access: 'Ask a moderator to add you.',
}
