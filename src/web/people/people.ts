import type { Message } from '../../protocol/messages.ts'
import type { CustomStatus } from '../../protocol/profile.ts'
import type { User } from '../../protocol/users.ts'
import type { RoomMember, RoomState, State } from '../../sdk/state.ts'

/** The username that the server gives to deleted accounts. */
export const deletedUser = 'deleted-user'

export type Person = {
  username: string
  name: string
  avatar?: string | undefined
  role?: RoomMember['role'] | undefined
  custom_status?: CustomStatus | undefined
  silenced_until?: string | undefined
}

type Known = {
  members: RoomState['members']
  names: Map<string, string>
  avatars: Map<string, string | undefined>
}
const known = new WeakMap<readonly Message[], Known>()

/** The display names that are known: from the list of members and from messages. */
export const namesIn = (room: RoomState): Map<string, string> => knownIn(room).names

function knownIn(room: RoomState): Known {
  const before = known.get(room.messages)
  if (before && before.members === room.members) return before
  const names = new Map<string, string>()
  const avatars = new Map<string, string | undefined>()
  // The last messages have most people; a room may have 100,000.
  for (const { author } of room.messages.slice(-1000)) {
    names.set(author.username, author.display_name)
    avatars.set(author.username, author.avatar)
  }
  for (const { username, display_name, avatar } of room.members ?? []) {
    if (!display_name) continue
    names.set(username, display_name)
    avatars.set(username, avatar)
  }
  const found = { members: room.members, names, avatars }
  known.set(room.messages, found)
  return found
}

/** The members who are online and those who are not, you first. While the list is incomplete, pages are kept in order. */
export function membersIn(room: RoomState, me: User | undefined): { online: Person[]; offline: Person[] } {
  const { names, avatars } = knownIn(room)
  const members = new Map((room.members ?? []).map((member) => [member.username, member]))
  const present = new Set(room.online)
  const person = (username: string): Person => ({
    username,
    name: (username === me?.username ? me.display_name : names.get(username)) ?? username,
    avatar: username === me?.username ? me.avatar : avatars.get(username),
    custom_status: (username === me?.username ? me : members.get(username))?.custom_status,
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
  const people = new Map<string, Person>()
  for (const room of Object.values(state.rooms)) {
    const { names, avatars } = knownIn(room)
    for (const [username, name] of names)
      people.set(username, { username, name, avatar: avatars.get(username) })
  }
  for (const nobody of [state.me?.username ?? '', deletedUser]) people.delete(nobody)
  return [...people.values()].sort(
    (a, b) => a.name.localeCompare(b.name) || (a.username < b.username ? -1 : 1),
  )
}

/** The other person of a direct room of two. */
export const otherIn = ({ people }: Pick<RoomState, 'people'>, me: string | undefined): string | undefined =>
  people?.length === 2 ? people.find((username) => username !== me) : undefined

/** How many others are in a direct room of more than two; 0 for every other room. */
export const groupIn = ({ people = [] }: Pick<RoomState, 'people'>): number =>
  people.length > 2 ? people.length - 1 : 0

/** The other people of a direct room who still have an account. */
export const othersIn = (room: Pick<RoomState, 'people'> | undefined, me: string | undefined): string[] =>
  (room?.people ?? []).filter((username) => username !== me && username !== deletedUser)

/** Whether you have blocked this person: then the page folds what they write, and does not quote or announce it. */
export const isBlocked = (blocked: State['blocked'], username: string): boolean =>
  blocked?.includes(username) ?? false
