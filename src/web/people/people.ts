import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import type { RoomMember, RoomState, State } from '../../sdk/state.ts'

/** The username that the server gives to deleted accounts. */
export const deletedUser = 'deleted-user'

export type Person = {
  username: string
  name: string
  role?: RoomMember['role'] | undefined
  silenced_until?: string | undefined
}

type Known = { members: RoomState['members']; names: Map<string, string> }
const known = new WeakMap<readonly Message[], Known>()

/** The display names that are known: from the list of members and from messages. */
export function namesIn(room: RoomState): Map<string, string> {
  const before = known.get(room.messages)
  if (before && before.members === room.members) return before.names
  // The last messages have most names; a room may have 100,000.
  const names = new Map(
    room.messages.slice(-1000).map(({ author }) => [author.username, author.display_name]),
  )
  for (const { username, display_name } of room.members ?? [])
    if (display_name) names.set(username, display_name)
  known.set(room.messages, { members: room.members, names })
  return names
}

/** The members who are online and those who are not, you first. While the list is incomplete, pages are kept in order. */
export function membersIn(room: RoomState, me: User | undefined): { online: Person[]; offline: Person[] } {
  const names = namesIn(room)
  const members = new Map((room.members ?? []).map((member) => [member.username, member]))
  const present = new Set(room.online)
  const person = (username: string): Person => ({
    username,
    name: (username === me?.username ? me.display_name : names.get(username)) ?? username,
    role: members.get(username)?.role,
    silenced_until: members.get(username)?.silenced_until,
  })
  const mine = (a: Person, b: Person) =>
    Number(b.username === me?.username) - Number(a.username === me?.username)
  const byName = (a: Person, b: Person) => mine(a, b) || a.name.localeCompare(b.name)
  return {
    online: room.online.map(person).sort(byName),
    offline: [...members.keys()]
      .filter((username) => !present.has(username))
      .map(person)
      .sort(room.members_after === undefined ? byName : mine),
  }
}

/** The other people whose names the page knows, by name: the suggestions where you choose people. */
export function acquaintances(state: Pick<State, 'me' | 'rooms'>): Person[] {
  const names = new Map<string, string>()
  for (const room of Object.values(state.rooms))
    for (const [username, name] of namesIn(room)) names.set(username, name)
  for (const nobody of [state.me?.username ?? '', deletedUser]) names.delete(nobody)
  return [...names]
    .map(([username, name]) => ({ username, name }))
    .sort((a, b) => a.name.localeCompare(b.name) || (a.username < b.username ? -1 : 1))
}

/** Whether you have blocked this person: then the page folds what they write, and does not quote or announce it. */
export const isBlocked = (blocked: State['blocked'], username: string): boolean =>
  blocked?.includes(username) ?? false
