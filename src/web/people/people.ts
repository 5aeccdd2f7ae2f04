import type { Message } from '../../protocol/messages.ts'
import type { User } from '../../protocol/users.ts'
import type { RoomMember, RoomState, State } from '../../sdk/state.ts'

/** How the server calls everyone whose account is gone. */
export const deletedUser = 'deleted-user'

export type Person = {
  username: string
  name: string
  role?: RoomMember['role'] | undefined
  silenced_until?: string | undefined
}

type Known = { members: RoomState['members']; names: Map<string, string> }
const known = new WeakMap<readonly Message[], Known>()

/** Display names as far as they are known: from the member list, and from what people wrote. */
export function namesIn(room: RoomState): Map<string, string> {
  const before = known.get(room.messages)
  if (before && before.members === room.members) return before.names
  // Of 100,000 messages the last tell enough.
  const names = new Map(
    room.messages.slice(-1000).map(({ author }) => [author.username, author.display_name]),
  )
  for (const { username, display_name } of room.members ?? [])
    if (display_name) names.set(username, display_name)
  known.set(room.messages, { members: room.members, names })
  return names
}

/** Who is here and who is not, oneself first. Of a list that is not all there yet each page stands after the last. */
export function peopleIn(room: RoomState, me: User | undefined): { here: Person[]; away: Person[] } {
  const names = namesIn(room)
  const members = new Map((room.members ?? []).map((member) => [member.username, member]))
  const online = new Set(room.online)
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
    here: room.online.map(person).sort(byName),
    away: [...members.keys()]
      .filter((username) => !online.has(username))
      .map(person)
      .sort(room.members_after === undefined ? byName : mine),
  }
}

/** Everyone but oneself whom the page has met, by name: who can be thought of when somebody is to be written to. */
export function acquaintances(state: Pick<State, 'me' | 'rooms'>): Person[] {
  const names = new Map<string, string>()
  for (const room of Object.values(state.rooms))
    for (const [username, name] of namesIn(room)) names.set(username, name)
  for (const nobody of [state.me?.username ?? '', deletedUser]) names.delete(nobody)
  return [...names]
    .map(([username, name]) => ({ username, name }))
    .sort((a, b) => a.name.localeCompare(b.name) || (a.username < b.username ? -1 : 1))
}
