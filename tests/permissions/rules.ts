/*
 * Who may do what, as grids: a row for each kind of room, a column for each person. `ok`, or the status of the
 * refusal (the same on both doors); `-` where there is no such person. Who is not signed in, or banned, gets 401
 * wherever `nobody` and `banned` do not stand.
 */

export const people = ['outsider', 'former', 'member', 'moderator', 'owner', 'admin'] as const
export type Persona = (typeof people)[number]

/**
 * open, closed, admins: rooms of that access · direct: of two people, who both count as `member` · archived, deleted:
 * open rooms of which that became. `former` was a member, and in the room for admins also an admin. `admin` is in none of them; in
 * the room for admins everyone but outsider and former is an admin.
 */
export const rooms = ['open', 'closed', 'direct', 'admins', 'archived', 'deleted'] as const
export type RoomKind = (typeof rooms)[number]

const grids = {
  /** Know that it is there. */
  find: `
    open      ok   ok   ok   ok   ok   ok
    closed    404  404  ok   ok   ok   ok
    direct    404  -    ok   -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  ok   ok   ok   ok   ok   ok
    deleted   404  404  404  404  404  404`,
  /** See and hear what is said: members. */
  read: `
    open      403  403  ok   ok   ok   403
    closed    404  404  ok   ok   ok   403
    direct    404  -    ok   -    -    404
    admins    404  404  ok   ok   ok   403
    archived  403  403  ok   ok   ok   403
    deleted   404  404  404  404  404  404`,
  /** The same, of what is not there. */
  unshown: `
    open      403  403  404  404  404  403
    closed    404  404  404  404  404  403
    direct    404  -    404  -    -    404
    admins    404  404  404  404  404  403
    archived  403  403  404  404  404  403
    deleted   404  404  404  404  404  404`,
  /** Say something, and change one's own words: members, while the room lives. */
  post: `
    open      403  403  ok   ok   ok   403
    closed    404  404  ok   ok   ok   403
    direct    404  -    ok   -    -    404
    admins    404  404  ok   ok   ok   403
    archived  403  403  403  403  403  403
    deleted   404  404  404  404  404  404`,
  /** What nobody may: put words into somebody else's mouth. */
  never: `
    open      403  403  403  403  403  403
    closed    404  404  403  403  403  403
    direct    404  -    403  -    -    404
    admins    404  404  403  403  403  403
    archived  403  403  403  403  403  403
    deleted   404  404  404  404  404  404`,
  /** Pin, and delete the words of others: moderators who are there. */
  moderate: `
    open      403  403  403  ok   ok   403
    closed    404  404  403  ok   ok   403
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   ok   403
    archived  403  403  403  403  403  403
    deleted   404  404  404  404  404  404`,
  /** Add and remove members: moderators, and admins from outside. */
  people: `
    open      403  403  403  ok   ok   ok
    closed    404  404  403  ok   ok   ok
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  403  403  403  403  403  403
    deleted   404  404  404  404  404  404`,
  /** Change what somebody is: owners and admins. */
  appoint: `
    open      403  403  403  403  ok   ok
    closed    404  404  403  403  ok   ok
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  403  403  403  403  403  403
    deleted   404  404  404  404  404  404`,
  /** Silence, and look after invites: as `people`, also when the room is archived. */
  keep: `
    open      403  403  403  ok   ok   ok
    closed    404  404  403  ok   ok   ok
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  403  403  403  ok   ok   ok
    deleted   404  404  404  404  404  404`,
  /** Make an invite: only where somebody can be invited. */
  invite: `
    open      403  403  403  ok   ok   ok
    closed    404  404  403  ok   ok   ok
    direct    404  -    403  -    -    404
    admins    404  404  403  403  403  403
    archived  403  403  403  403  403  403
    deleted   404  404  404  404  404  404`,
  /** As `keep`; there are no invites to direct rooms and rooms for admins. */
  revoke: `
    open      403  403  403  ok   ok   ok
    closed    404  404  403  ok   ok   ok
    direct    404  -    403  -    -    404
    admins    404  404  404  404  404  404
    archived  403  403  403  ok   ok   ok
    deleted   404  404  404  404  404  404`,
  /** The code is the proof that one is meant. */
  invited: `
    open      ok   ok   ok   ok   ok   ok
    closed    ok   ok   ok   ok   ok   ok
    direct    404  -    404  -    -    404
    admins    404  404  404  404  404  404
    archived  ok   ok   ok   ok   ok   ok
    deleted   404  404  404  404  404  404`,
  accept: `
    open      ok   ok   ok   ok   ok   ok
    closed    ok   ok   ok   ok   ok   ok
    direct    404  -    404  -    -    404
    admins    404  404  404  404  404  404
    archived  404  404  404  404  404  404
    deleted   404  404  404  404  404  404`,
  /** Joining twice is joining once. */
  join: `
    open      ok   ok   ok   ok   ok   ok
    closed    404  404  ok   ok   ok   ok
    direct    404  -    ok   -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  403  403  ok   ok   ok   403
    deleted   404  404  404  404  404  404`,
  /** The simple socket joins where that is free to do; an admin does not slip into a closed room by it. */
  enter: `
    open      ok   ok   ok   ok   ok   ok
    closed    404  404  ok   ok   ok   403
    direct    404  -    ok   -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  403  403  ok   ok   ok   403
    deleted   404  404  404  404  404  404`,
  /** The last owner hands over first. */
  leave: `
    open      403  403  ok   ok   409  403
    closed    404  404  ok   ok   409  403
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   409  403
    archived  403  403  ok   ok   409  403
    deleted   404  404  404  404  404  404`,
  /** Take all of the room out: its owner, and admins who are in it. */
  export: `
    open      403  403  403  403  ok   403
    closed    404  404  403  403  ok   403
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   ok   403
    archived  403  403  403  403  ok   403
    deleted   404  404  404  404  404  404`,
  /** The room itself: its owner and admins. */
  own: `
    open      403  403  403  403  ok   ok
    closed    404  404  403  403  ok   ok
    direct    404  -    403  -    -    404
    admins    404  404  ok   ok   ok   ok
    archived  403  403  403  403  ok   ok
    deleted   404  404  404  404  404  404`,
}

export type RoomRule = keyof typeof grids

/** What the rule says of one person and one kind of room; undefined where there is no such person. */
export function expected(rule: RoomRule, room: RoomKind, person: Persona): string | undefined {
  const line = grids[rule].split('\n').find((each) => each.trim().startsWith(room))
  const cell = line!.trim().split(/\s+/)[1 + people.indexOf(person)]!
  return cell === '-' ? undefined : cell
}

/** Where no room is meant. */
export const globalRules = {
  anyone: { nobody: 'ok', banned: 'ok', user: 'ok', admin: 'ok' },
  /** Anyone; but a session that has ended is no session, also here. */
  newcomer: { nobody: 'ok', banned: '401', user: 'ok', admin: 'ok' },
  /** The person themselves, with any role. */
  self: { nobody: '401', banned: '401', user: 'ok', admin: 'ok' },
  admin: { nobody: '401', banned: '401', user: '403', admin: 'ok' },
  /** Anyone with the right password. Who is banned learns of it. */
  password: { nobody: '401', banned: '403', user: 'ok', admin: 'ok' },
  /** Anyone with a refresh token, unless they are banned. */
  credentials: { nobody: '401', banned: '401', user: 'ok', admin: 'ok' },
  /** The object belongs to the actor, and there is none. */
  missing: { nobody: '401', banned: '401', user: '404', admin: '404' },
  /** For yourself; this server sends no mail. */
  'no-mail': { nobody: '401', banned: '401', user: '409', admin: '409' },
  /** There is no such address, or invite, for anyone. */
  nothing: { nobody: '404', banned: '404', user: '404', admin: '404' },
  /** With the link the server printed, when there is an admin already; with a link that nobody has made. */
  setup: { nobody: '403', banned: '403', user: '403', admin: '403' },
} as const

export type GlobalRule = keyof typeof globalRules
export const visitors = ['nobody', 'banned', 'user', 'admin'] as const
export type Visitor = (typeof visitors)[number]
