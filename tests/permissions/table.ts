import type { CommandName } from '../../src/protocol/commands.ts'
import type { RouteName } from '../../src/protocol/routes.ts'
import { onePixel } from '../support/pictures.ts'
import type { GlobalRule, RoomRule } from './rules.ts'

/**
 * Every route of the OpenAPI document and every socket command, with its rule. In a path, `:room` and so on are filled
 * in by the walk: `:username` is another member, `:seq` what another member wrote.
 */
export type Row = {
  rule: RoomRule | GlobalRule
  /** Says which, where one route has several rules. */
  when?: string
  /** A `Blob` is sent as it is. */
  body?: object
  /** Behind the path. */
  query?: string
  /** Other values for the parameters of the path. */
  with?: Record<string, string>
  /** Whose it is that is spoken of: `own` is one's own message. */
  seq?: 'own'
  /** It leaves the room another one than it was: the next row finds a new one. */
  alters?: true
  /** It uses the room (or the account) up: the next person finds a new one. */
  fresh?: true
}

/** What the HTTP door has apart from the table of the protocol. */
type OtherRoute = `GET /${'ws' | 'ws/:room' | 'health' | 'health/ready' | 'metrics'}`

/** The keys are those of RFC 8291, section 5. */
export const aSubscription = {
  endpoint: 'https://push.invalid/abc',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
}

const aPicture = new Blob([onePixel])

export const routes: Record<RouteName | OtherRoute, Row | Row[]> = {
  'POST /auth/signup': { rule: 'newcomer' },
  'POST /auth/setup': { rule: 'setup' },
  'POST /auth/login': { rule: 'password' },
  'POST /auth/token': { rule: 'password' },
  'POST /auth/refresh': { rule: 'credentials' },
  'POST /auth/forgot': { rule: 'anyone', body: { email: 'nobody-at-all@example.org' } },
  'POST /auth/reset': { rule: 'setup', body: { token: 'none', password: 'a password of nobody' } },
  'POST /auth/link': { rule: 'setup', body: { token: 'none' } },
  'POST /auth/invite': { rule: 'nothing', body: { code: 'none' } },
  'POST /auth/confirm': { rule: 'setup', body: { token: 'none' } },
  'POST /auth/logout': { rule: 'self', fresh: true },
  'GET /auth/sessions': { rule: 'self' },
  'DELETE /auth/sessions/:id': { rule: 'self', fresh: true },
  'POST /auth/ticket': { rule: 'self' },
  'POST /tokens': { rule: 'self', body: { name: 'A script', scopes: ['read'] } },
  'GET /tokens': { rule: 'self' },
  'DELETE /tokens/:id': { rule: 'missing' },
  'POST /bots': { rule: 'admin', body: { username: 'another-robot' } },
  'GET /bots': { rule: 'admin' },
  'POST /bots/:username/tokens': {
    rule: 'admin',
    with: { username: 'robot' },
    body: { name: 'A script', scopes: ['read'] },
  },
  'GET /bots/:username/tokens': { rule: 'admin', with: { username: 'robot' } },
  'DELETE /bots/:username/tokens/:id': { rule: 'admin', fresh: true, with: { username: 'robot' } },
  'GET /users/me': { rule: 'self' },
  'PATCH /users/me': { rule: 'self', body: { display_name: 'Somebody' } },
  'DELETE /users/me': { rule: 'self', fresh: true },
  'GET /users/me/export': { rule: 'self' },
  'POST /users/me/confirmation': { rule: 'no-mail' },
  'GET /users/me/mail': { rule: 'self' },
  'PATCH /users/me/mail': { rule: 'self', body: { new_device: false } },
  'POST /mail/unsubscribe/:secret': { rule: 'nothing' },
  'GET /mail/unsubscribe/:secret': { rule: 'nothing' },
  'PUT /users/me/password': { rule: 'self', fresh: true },
  'PUT /users/me/avatar': { rule: 'self', body: aPicture },
  'DELETE /users/me/avatar': { rule: 'self' },
  'DELETE /users/:username/avatar': { rule: 'admin' },
  'GET /users/me/blocks': { rule: 'self' },
  'PUT /users/me/blocks/:username': { rule: 'self' },
  'DELETE /users/me/blocks/:username': { rule: 'self' },
  'GET /users/me/invitations': { rule: 'self' },
  'GET /mentions': { rule: 'self' },
  'GET /users/me/keywords': { rule: 'self' },
  'PUT /users/me/keywords': { rule: 'self', body: { keywords: ['harbour'] } },
  'GET /users/me/arrangement': { rule: 'self' },
  'PATCH /users/me/arrangement': { rule: 'self', body: { order: 'activity' } },
  'GET /threads': { rule: 'self' },
  'GET /last-messages': { rule: 'self' },
  'GET /saved': { rule: 'self' },
  'POST /users/me/invitations/:room/accept': { rule: 'missing' },
  'DELETE /users/me/invitations/:room': { rule: 'missing' },
  'GET /users': { rule: 'admin' },
  'GET /users/:username': { rule: 'self' },
  'PATCH /users/:username': { rule: 'admin', body: { display_name: 'Renamed' } },
  'PUT /users/:username/roles/:role': { rule: 'admin' },
  'DELETE /users/:username/roles/:role': { rule: 'admin' },
  'PUT /users/:username/ban': { rule: 'admin' },
  'DELETE /users/:username/ban': { rule: 'admin' },
  'POST /users': { rule: 'admin', body: { username: 'pupil' } },
  'POST /users/:username/sign-in-link': { rule: 'admin' },
  'GET /admin/rooms': { rule: 'admin' },
  'PATCH /community': { rule: 'admin', body: { name: 'Harbour' } },
  'PUT /community/avatar': { rule: 'admin', body: aPicture },
  'DELETE /community/avatar': { rule: 'admin' },
  'GET /community/avatar/:file': { rule: 'nothing', with: { file: 'none' } },
  'GET /admin/server': { rule: 'admin' },
  'GET /audit': { rule: 'admin' },
  'GET /audit/export': { rule: 'admin' },
  'GET /findings': { rule: 'admin' },

  'GET /rooms': { rule: 'self' },
  'POST /rooms': [
    { rule: 'self', body: { access: 'closed' } },
    { rule: 'admin', when: 'for admins', body: { id: 'of-admins', access: 'admins' } },
  ],
  'GET /rooms/:room': { rule: 'find' },
  'PATCH /rooms/:room': { rule: 'own', body: { title: 'Renamed' } },
  'PUT /rooms/:room/avatar': { rule: 'own', body: aPicture },
  'DELETE /rooms/:room/avatar': { rule: 'own' },
  'DELETE /rooms/:room': { rule: 'own', fresh: true },
  'GET /rooms/:room/export': { rule: 'export' },
  'GET /rooms/:room/members': { rule: 'read' },
  'PUT /rooms/:room/members/:username': [
    { rule: 'join', when: 'about themselves', alters: true, with: { username: 'me' } },
    { rule: 'people', when: 'somebody else', alters: true, with: { username: 'newcomer' } },
    { rule: 'appoint', when: 'as moderator', alters: true, body: { role: 'moderator' } },
    { rule: 'appoint', when: 'as owner', body: { role: 'owner' }, fresh: true },
  ],
  'DELETE /rooms/:room/members/:username': [
    { rule: 'leave', when: 'about themselves', alters: true, with: { username: 'me' } },
    { rule: 'people', when: 'somebody else', fresh: true },
  ],
  'GET /rooms/:room/log': { rule: 'read' },
  'PUT /rooms/:room/members/:username/silence': {
    rule: 'keep',
    body: { until: '2100-01-01T00:00:00.000Z' },
  },
  'DELETE /rooms/:room/members/:username/silence': { rule: 'keep' },
  'PUT /rooms/:room/section': { rule: 'read', body: { section: null } },
  'PUT /rooms/:room/favourite': { rule: 'read', body: { favourite: true } },
  'PUT /rooms/:room/notifications': { rule: 'read', body: { level: 'mentions' } },
  'POST /rooms/:room/invites': { rule: 'invite', body: {} },
  'GET /rooms/:room/invites': { rule: 'keep' },
  'DELETE /rooms/:room/invites/:id': { rule: 'revoke', fresh: true },
  'POST /rooms/:room/webhooks': { rule: 'invite', body: { name: 'Builds' } },
  'GET /rooms/:room/webhooks': { rule: 'keep' },
  'DELETE /rooms/:room/webhooks/:id': { rule: 'revoke', fresh: true },
  'POST /rooms/:room/webhooks/out': { rule: 'export', body: { url: 'https://hooks.invalid/' } },
  'GET /rooms/:room/webhooks/out': { rule: 'own' },
  'PATCH /rooms/:room/webhooks/out/:id': { rule: 'export', body: { paused: true } },
  'DELETE /rooms/:room/webhooks/out/:id': { rule: 'own', fresh: true },
  'POST /hooks/:secret': { rule: 'nothing', body: { text: 'Hello' } },
  'POST /hooks/:secret/files': { rule: 'nothing', body: { a: 'file' } },
  'GET /invites/:code': { rule: 'invited' },
  'POST /invites/:code/accept': { rule: 'accept', alters: true },
  'POST /directs': { rule: 'self', body: { usernames: ['bystander'] } },
  'GET /rooms/:room/messages': { rule: 'read' },
  'POST /rooms/:room/messages': { rule: 'post', body: { content: 'Hello' } },
  'GET /rooms/:room/messages/:seq': { rule: 'read' },
  'PATCH /rooms/:room/messages/:seq': [
    { rule: 'post', when: 'their own', seq: 'own', body: { content: 'Better' } },
    { rule: 'never', when: 'somebody else’s', body: { content: 'Worse' } },
  ],
  'DELETE /rooms/:room/messages/:seq': [
    { rule: 'post', when: 'their own', alters: true, seq: 'own' },
    { rule: 'moderate', when: 'somebody else’s', alters: true },
  ],
  'POST /rooms/:room/messages/:seq/report': { rule: 'read', body: { reason: 'Advertising' } },
  'GET /reports': { rule: 'self' },
  'GET /search': { rule: 'self', query: '?q=harbour' },
  'PATCH /reports/:id': { rule: 'missing', body: { state: 'resolved' } },
  'PUT /rooms/:room/messages/:seq/saved': { rule: 'read' },
  'DELETE /rooms/:room/messages/:seq/saved': { rule: 'read' },
  'GET /rooms/:room/messages/:seq/versions': { rule: 'read' },
  'GET /rooms/:room/messages/:seq/thread': { rule: 'read' },
  'PUT /rooms/:room/messages/:seq/thread/follow': { rule: 'read' },
  'DELETE /rooms/:room/messages/:seq/thread/follow': { rule: 'read' },
  'PUT /rooms/:room/messages/:seq/thread/read': { rule: 'read', body: { read_seq: 1 } },
  'GET /rooms/:room/messages/:seq/reactions': { rule: 'read' },
  'PUT /rooms/:room/messages/:seq/reactions/:emoji': { rule: 'post' },
  'DELETE /rooms/:room/messages/:seq/reactions/:emoji': { rule: 'post' },
  'GET /rooms/:room/messages/:seq/previews/:preview': { rule: 'unshown' },
  'DELETE /rooms/:room/messages/:seq/previews/:preview': [
    { rule: 'post', when: 'of their own', seq: 'own' },
    { rule: 'moderate', when: 'of somebody else’s' },
  ],
  'GET /rooms/:room/pins': { rule: 'read' },
  'PUT /rooms/:room/pins/:seq': { rule: 'moderate' },
  'DELETE /rooms/:room/pins/:seq': { rule: 'moderate' },
  'POST /rooms/:room/files': { rule: 'post', body: { a: 'file' } },
  'GET /files/:file': { rule: 'missing' },
  'GET /files/:file/preview': { rule: 'missing' },
  'PATCH /files/:file': { rule: 'missing', body: { alt: 'A boat' } },
  'DELETE /files/:file': { rule: 'missing' },
  'POST /files/:file/address': { rule: 'missing' },
  'PUT /rooms/:room/read': { rule: 'read', body: { seq: 1 } },

  'GET /push/key': { rule: 'self' },
  'POST /push/subscriptions': { rule: 'self', body: aSubscription },
  'DELETE /push/subscriptions/:id': { rule: 'missing' },

  'GET /ws': { rule: 'self' },
  'GET /ws/:room': { rule: 'enter', alters: true },
  'GET /health': { rule: 'anyone' },
  'GET /health/ready': { rule: 'anyone' },
  'GET /metrics': { rule: 'anyone' },
}

/** Who has no session has no socket: `nobody` and `banned` are at `GET /ws`. */
export const commands: Record<CommandName, Row | Row[]> = {
  'room.subscribe': [
    { rule: 'read', body: { history: 10 } },
    { rule: 'read', when: 'to resume', body: { since: { epoch: 'another', seq: 1 } } },
  ],
  'room.unsubscribe': { rule: 'read' },
  'room.join': { rule: 'join', alters: true },
  'room.leave': { rule: 'leave', alters: true },
  'message.send': { rule: 'post', body: { content: 'Hello' } },
  'message.edit': [
    { rule: 'post', when: 'their own', seq: 'own', body: { content: 'Better' } },
    { rule: 'never', when: 'somebody else’s', body: { content: 'Worse' } },
  ],
  'message.delete': [
    { rule: 'post', when: 'their own', alters: true, seq: 'own' },
    { rule: 'moderate', when: 'somebody else’s', alters: true },
  ],
  'message.list': { rule: 'read' },
  'reaction.add': { rule: 'post', body: { emoji: '👍' } },
  'reaction.remove': { rule: 'post', body: { emoji: '👍' } },
  'version.list': { rule: 'read' },
  'thread.list': { rule: 'read' },
  'thread.follow': { rule: 'read' },
  'thread.unfollow': { rule: 'read' },
  'thread.read': { rule: 'read', body: { read_seq: 1 } },
  'thread.followed': { rule: 'self' },
  'saved.add': { rule: 'read' },
  'saved.remove': { rule: 'read' },
  'saved.list': { rule: 'self' },
  'keyword.list': { rule: 'self' },
  'keyword.set': { rule: 'self', body: { keywords: ['harbour'] } },
  'message.search': { rule: 'self', body: { q: 'harbour' } },
  'reaction.list': { rule: 'read' },
  'preview.remove': [
    { rule: 'post', when: 'of their own', seq: 'own', body: { preview: 'none' } },
    { rule: 'moderate', when: 'of somebody else’s', body: { preview: 'none' } },
  ],
  'pin.add': { rule: 'moderate' },
  'pin.remove': { rule: 'moderate' },
  'read.mark': { rule: 'read' },
  'section.set': { rule: 'read', body: { section: null } },
  'arrangement.set': { rule: 'self', body: { order: 'activity' } },
  'favourite.set': { rule: 'read', body: { favourite: true } },
  'typing.start': { rule: 'post' },
  'presence.list': { rule: 'read' },
  'direct.open': { rule: 'self', body: { usernames: ['bystander'] } },
  'session.renew': { rule: 'self' },
  ping: { rule: 'self' },
}

export const casesOf = (rows: Record<string, Row | Row[]>): { name: string; what: string; row: Row }[] =>
  Object.entries(rows).flatMap(([what, row]) =>
    [row].flat().map((each) => ({ name: each.when ? `${what}, ${each.when}` : what, what, row: each })),
  )
