import type { CloseReason } from '../../protocol/close.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { durableEvents, ephemeralEvents, userEvents } from '../../protocol/events.ts'

/** Descriptions that the schemas do not have. The compiler reports a missing one. */

export const eventSentences: Record<
  keyof typeof durableEvents | keyof typeof ephemeralEvents | keyof typeof userEvents,
  string
> = {
  'message.created': 'A message was sent.',
  'message.edited': 'The author changed a message. `message` is the new version.',
  'message.deleted': 'A message was deleted. `message` is its tombstone.',
  'reaction.added': 'Somebody added a reaction.',
  'reaction.removed': 'Somebody removed a reaction.',
  'pin.added': 'A message was pinned.',
  'pin.removed': 'A message was unpinned.',
  'member.joined': 'Somebody joined or was added.',
  'member.left': 'Somebody left or was removed.',
  'member.updated': 'The role of a member changed.',
  'room.updated': 'The room changed. `changed` has only the changed fields.',
  'presence.changed':
    'Members came online or went offline: at most one event a second and room, every 5 s, then every 10 s, while more than 10 people come or go. With more than 200 online it has only `count`, at most every 5 s. If `online` has as many names as `count`, they are all who are online.',
  'typing.changed': 'Somebody started or stopped typing. Not in a room with more than 200 people online.',
  'profile.changed':
    'Somebody in the room has another name, picture or status. Without `avatar`, they have no picture, and without `custom_status` no status. It comes once for each room that you share.',
  'preview.changed':
    'The server has looked at a page that the message links to, or somebody has removed a preview. After a subscription it comes again for the last messages that have one.',
  'receipt.changed':
    'The `seq` up to which somebody has received, and read. Not in a room with more than 200 people online.',
  'room.opened':
    'The user is now in this room: they created or joined it, were added, or somebody opened a direct room with them.',
  'room.invited':
    'Somebody the user shares no room with has added them. They become a member when they accept.',
  'room.closed': 'The user is no longer in this room.',
  'read.changed':
    'The user’s read mark moved, on any device. `unread` and `mentions` count the messages up to `head`: add those that come after it. It goes back only with `moved_back`.',
  'favourite.changed': 'The user marked the room as a favourite, or ended that, on any device.',
  'mention.created':
    'Somebody mentioned the user in a message: as a reader of its Markdown sees it, so not in code or in an address, and among the first 20 names of the message. After an edit, only people whom no earlier version mentions. With `kind`, it means everybody in the room, or has a keyword of the user; of the people who have the same word, at most 500 get the event.',
  'mention.deleted':
    'A message mentions the user no more: it was deleted, or edited. Sent to those who were mentioned, or to the room if all were.',
  'thread.replied':
    'Somebody replied in a thread that the user follows. In a thread with more than 500 followers it goes to everybody who listens to the room.',
  'thread.changed':
    'The user follows a thread or has stopped, by their own reply too, or has read it further, on any device.',
  'section.changed': 'The user has moved the room into one of their sections, or out of it, on any device.',
  'arrangement.changed':
    'The user has sorted their list of rooms otherwise, or has other sections of it, on any device. What was in a section that is gone is in none.',
  'keywords.changed': 'The user has other keywords, on any device.',
  'saved.changed': 'The user has saved a message for later or removed it from those, on any device.',
  'notify.changed': 'The user has chosen what the room notifies them about, on any device.',
  'silence.changed':
    'A member can read but not write until `until`, even if they leave and join again. Without `until`, they can write again. Sent to the member and to moderators.',
  'reports.changed':
    'A message was reported, or reports were closed. `open` is how many open reports the user can see. Sent to moderators of the room and to administrators.',
  'community.changed':
    'The community has another name or picture, or none. `community` is as in `hello`, and empty if it has neither.',
  'user.updated': 'The user’s profile or role changed. `user` is what GET /users/me returns.',
  'session.ending':
    'The socket will be closed: its token expires within a minute (`token_expired`: send `session.renew`), or the session has ended.',
}

export const errorSentences: Record<ErrorCode, string> = {
  bad_request: 'The request or the frame cannot be read: it is not valid JSON, for example.',
  unauthenticated: 'Sign in, or refresh the token.',
  forbidden: 'You can see it, but you do not have permission to do this.',
  not_found: 'It does not exist, or you do not have permission to see it.',
  conflict: 'It already exists, or the `client_id` was used for another message.',
  gone: 'It was deleted.',
  too_large: 'The frame or request body is larger than `frame_bytes`.',
  method_not_allowed: 'Only over HTTP: the address takes other methods, which the header Allow names.',
  unsupported_media_type:
    'Only over HTTP: the body is of another content type than the route accepts, or of none.',
  invalid: '`errors: [{path, reason, params?, message}]` lists the wrong fields, without their values.',
  rate_limited: 'Try again after `retry_after_ms`.',
  internal: 'A bug in the server. The server log has an entry with this `id`.',
  unavailable: 'Try again. With the same `client_id` a message is not sent twice.',
}

/** What a client should do after each close code. */
export const closeAdvice: Record<CloseReason, string> = {
  restarting: 'The close reason has `retry_after_ms=…`, different for each client.',
  token_expired: 'Get a new access token. To prevent this, send `session.renew` before the token expires.',
  slow: 'More than 1 MB was waiting to be sent.',
  no_pong: 'The pong of the WebSocket protocol did not arrive in time.',
  overloaded:
    'The close reason has `retry_after_ms=…`, different for each client. Otherwise wait longer after each attempt.',
  not_authenticated: 'Sign in.',
  session_ended: 'Sign in again, unless the user is banned.',
  abuse: 'Fix the client.',
  too_many: 'Close other connections first.',
  no_access: 'Ask a moderator to add you.',
}
