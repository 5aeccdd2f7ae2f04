import type { CloseReason } from '../../protocol/close.ts'
import type { CommandName } from '../../protocol/commands.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { durableEvents, ephemeralEvents, userEvents } from '../../protocol/events.ts'

/** What the schemas cannot say, in a sentence each. The types see to it that none is missing. */

export const commandSentences: Record<CommandName, string> = {
  'room.subscribe':
    'Hear everything that happens in a room; with `since`, everything that was missed as well.',
  'room.unsubscribe': 'Hear no more of a room. One stays its member.',
  'room.join': 'Become a member of an open room. Joining twice is joining once.',
  'room.leave': 'Be a member no more. A direct room cannot be left.',
  'message.send': 'Say something in a room. Sent again with the same `client_id`, it is the same message.',
  'message.edit': 'Change a message of one’s own.',
  'message.delete': 'Leave a tombstone in place of a message: its author, a moderator, an admin.',
  'message.list': 'A page of history, ascending; the newest without `before` and `after`.',
  'reaction.add': 'React to a message. Reacting twice is reacting once.',
  'reaction.remove': 'Take a reaction back.',
  'pin.add': 'Pin a message: moderators and above.',
  'pin.remove': 'Unpin a message: moderators and above.',
  'read.mark': 'Say how far one has read. The mark never moves backwards.',
  'typing.start':
    'Tell the room that one is typing. It ends by itself after 6 s: say it again while it lasts.',
  'presence.list': 'Who of the room is online.',
  'direct.open': 'The direct room with just these people, made once.',
  'session.renew': 'Give the open socket a fresh access token of the same session.',
  ping: 'Ask whether somebody is there.',
}

export const eventSentences: Record<
  keyof typeof durableEvents | keyof typeof ephemeralEvents | keyof typeof userEvents,
  string
> = {
  'message.created': 'A message was sent.',
  'message.edited': 'Its author changed a message; here it is whole.',
  'message.deleted': 'A message was deleted; here is its tombstone.',
  'reaction.added': 'Somebody reacted.',
  'reaction.removed': 'Somebody took a reaction back.',
  'pin.added': 'A message was pinned.',
  'pin.removed': 'A message was unpinned.',
  'member.joined': 'Somebody joined or was added.',
  'member.left': 'Somebody left or was removed.',
  'member.updated': 'The role of a member changed.',
  'room.updated': 'The room changed; only what is new is told.',
  'presence.changed': 'Somebody came online in the room, or went.',
  'typing.changed': 'Somebody began or stopped typing.',
  'receipt.changed': 'How far somebody has received and read.',
  'room.opened': 'The user is in a room that was not there before: made, joined, added to, or a direct one.',
  'room.closed': 'The user is in this room no more.',
  'read.changed': 'The user’s own read mark moved, on whichever device.',
  'mention.created': 'Somebody named the user in a message.',
  'silence.changed':
    'A member may read and not write until a time, also when they leave and come back; without `until`, they may write again. To them and to moderators.',
  'user.updated': 'The user’s own profile or role is another now, as GET /users/me tells it.',
  'session.ending':
    'The socket will be closed: the token runs out within a minute (`token_expired`: renew it), or the session is over.',
}

export const errorSentences: Record<ErrorCode, string> = {
  bad_request: 'The body is not JSON, or the frame is not a frame.',
  unauthenticated: 'Sign in, or renew the token.',
  forbidden: 'You can see it, and have no permission to do this.',
  not_found: 'It does not exist, or you have no permission to know that it does.',
  conflict: 'Already taken, or a `client_id` that was used with another body.',
  gone: 'It was deleted.',
  too_large: 'Larger than a frame or a body can be.',
  invalid: 'With `errors: [{path, reason, params?, message}]`, never the value.',
  rate_limited: 'Send it again after `retry_after_ms`.',
  internal: 'A bug. Its `id` is in the log of the server.',
  unavailable: 'You can safely send it again with the same `client_id`.',
}

/** What a client does about a closed socket. */
export const closeAdvice: Record<CloseReason, string> = {
  restarting: 'The reason holds `retry_after_ms=…`, another one for each client.',
  token_expired: 'Refresh the token; or, before this happens, `session.renew` on the open socket.',
  slow: 'More than 1 MB was waiting to be read.',
  no_pong: 'The answer to a WebSocket ping did not come in time.',
  overloaded: 'Wait longer each time.',
  not_authenticated: 'Sign in.',
  session_ended: 'Sign in again, where that is still possible.',
  abuse: 'Mend the client.',
  too_many: 'Close others first.',
  no_access: 'Ask to be let in.',
}
