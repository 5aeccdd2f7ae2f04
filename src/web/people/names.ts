import type { RoomState, State } from '../../sdk/state.ts'
import type { Names } from '../ground/act-tools.ts'
import { language } from '../language/language.ts'
import { say, sayNames } from '../language/say.ts'
import { deletedUser, namesIn } from './people.ts'

type Called = { names: Names; language: string; room: RoomState }
const called = new WeakMap<RoomState, Called>()

/**
 * Adds display names where the server sends only usernames: for people who have just joined, and in the title of a direct
 * room. The server titles it with all its people; the page with the others.
 */
export function callByName(state: State, names: Names): State {
  const me = state.me?.username
  const changed = Object.values(state.rooms).flatMap((room) => {
    const better = called.get(room)
    // An unchanged room stays the same object: views compare by identity.
    if (better?.names === names && better.language === language.value)
      return better.room === room ? [] : [better.room]
    const fresh = { names, language: language.value, room: callIn(room, me, names) }
    called.set(room, fresh)
    return fresh.room === room ? [] : [fresh.room]
  })
  if (changed.length === 0) return state
  return {
    ...state,
    rooms: { ...state.rooms, ...Object.fromEntries(changed.map((room) => [room.id, room])) },
  }
}

function callIn(room: RoomState, me: string | undefined, names: Names): RoomState {
  const isCalled = ({ username, display_name }: { username: string; display_name?: string }) =>
    display_name !== undefined || !names.has(username)
  const members = room.members?.every(isCalled)
    ? room.members
    : room.members?.map((one) => (isCalled(one) ? one : { ...one, display_name: names.get(one.username)! }))
  if (!room.people && members === room.members) return room
  const here = namesIn(room)
  const nameOf = (username: string) =>
    username === deletedUser ? say('people.deleted') : (here.get(username) ?? names.get(username) ?? username)
  const others = room.people?.filter((username) => username !== me).map(nameOf)
  return { ...room, ...(members ? { members } : {}), ...(others ? { title: sayNames(others) } : {}) }
}

/** The usernames whose names are missing: of people in direct rooms, and of members of the room in view. */
export const namelessIn = (state: State, names: Names, inView: string | undefined): string[] =>
  Object.values(state.rooms).flatMap((room) => {
    if (!room.people && room.id !== inView) return []
    const here = namesIn(room)
    const members = room.id === inView ? (room.members ?? []) : []
    return [...(room.people ?? []), ...members.map(({ username }) => username)].filter(
      (username) =>
        username !== state.me?.username &&
        username !== deletedUser &&
        !here.has(username) &&
        !names.has(username),
    )
  })
