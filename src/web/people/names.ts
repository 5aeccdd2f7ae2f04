import type { RoomState, State } from '../../sdk/state.ts'
import type { Names } from '../ground/act-tools.ts'
import { language } from '../language/language.ts'
import { say, sayNames } from '../language/say.ts'
import { deletedUser, namesIn } from './people.ts'

type Called = { names: Names; language: string; room: RoomState }
const called = new WeakMap<RoomState, Called>()

/**
 * People by their names, wherever the server told only usernames: who has just come, and the title of a direct room, which
 * the server calls by everyone in it and whoever reads it by the others.
 */
export function callByName(state: State, names: Names): State {
  const me = state.me?.username
  const changed = Object.values(state.rooms).flatMap((room) => {
    const better = called.get(room)
    // The same room again stays the same object: views compare by it.
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

/** Whom to ask for: people of direct rooms, and who has just come to the room in view, if nobody told their names. */
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
