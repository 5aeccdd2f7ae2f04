import type { User } from '../protocol/users.ts'
import type { RoomState } from '../sdk/state.ts'
import type { Person } from './components/people.tsx'

/** Display names as far as they are known: from the member list, and from what people wrote. */
export function namesIn(room: RoomState): Map<string, string> {
  const names = new Map(room.messages.map(({ author }) => [author.username, author.display_name]))
  for (const { username, display_name } of room.members ?? [])
    if (display_name) names.set(username, display_name)
  return names
}

/** Who is here and who is not, oneself first. */
export function peopleIn(room: RoomState, me: User | undefined): { here: Person[]; away: Person[] } {
  const names = namesIn(room)
  const roles = new Map((room.members ?? []).map(({ username, role }) => [username, role]))
  const person = (username: string): Person => ({
    username,
    name: (username === me?.username ? me.display_name : names.get(username)) ?? username,
    role: roles.get(username),
  })
  const order = (a: Person, b: Person) =>
    Number(b.username === me?.username) - Number(a.username === me?.username) || a.name.localeCompare(b.name)
  return {
    here: room.online.map(person).sort(order),
    away: [...roles.keys()]
      .filter((username) => !room.online.includes(username))
      .map(person)
      .sort(order),
  }
}
