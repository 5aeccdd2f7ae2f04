import type { User } from '../../protocol/users.ts'
import type { RoomState, State } from '../../sdk/state.ts'
import type { Names } from '../ground/act-tools.ts'
import { say, sayNames, words } from '../language/say.ts'
import type { Words } from '../language/translations/types.ts'
import { callApart, namesApart, namesApartIn } from './alike.ts'
import { deletedUser, namesIn } from './people.ts'

type Called = { names: Names; words: Words; myName: string | undefined; title: string; room: RoomState }
const called = new WeakMap<RoomState, Called>()

/**
 * Adds display names where the server sends only usernames: for people who have just joined, and in the title of a direct
 * room. The server titles it with all its people; the page with the others. Where two people have names that look alike, it
 * adds their usernames.
 */
export function callByName(state: State, names: Names): State {
  const { me } = state
  const titles = titlesOf(state, names)
  const changed = Object.values(state.rooms).flatMap((room) => {
    const better = called.get(room)
    const title = titles.get(room.id) ?? ''
    // An unchanged room stays the same object: views compare by identity.
    if (
      better?.names === names &&
      better.words === words.value &&
      better.myName === me?.display_name &&
      better.title === title
    )
      return better.room === room ? [] : [better.room]
    const fresh = {
      names,
      words: words.value,
      myName: me?.display_name,
      title,
      room: callIn(room, me, names, title),
    }
    called.set(room, fresh)
    return fresh.room === room ? [] : [fresh.room]
  })
  if (changed.length === 0) return state
  return {
    ...state,
    rooms: { ...state.rooms, ...Object.fromEntries(changed.map((room) => [room.id, room])) },
  }
}

/** The titles of the direct rooms: in a list of them, people must differ as well. */
function titlesOf({ rooms, me }: State, names: Names): ReadonlyMap<string, string> {
  const directs = Object.values(rooms).filter(({ people }) => people)
  const everybody = new Map<string, string>()
  for (const room of directs) {
    const here = namesIn(room)
    for (const username of room.people!)
      if (username !== me?.username)
        everybody.set(username, here.get(username) ?? names.get(username) ?? username)
  }
  const apart = namesApart(everybody)
  const nameOf = (username: string) =>
    username === deletedUser ? say('people.deleted') : (apart.get(username) ?? everybody.get(username)!)
  return new Map(
    directs.map(({ id, people }) => [
      id,
      sayNames(people!.filter((username) => username !== me?.username).map(nameOf)),
    ]),
  )
}

function callIn(room: RoomState, me: User | undefined, names: Names, title: string): RoomState {
  const isCalled = ({ username, display_name }: { username: string; display_name?: string }) =>
    display_name !== undefined || !names.has(username)
  const members = room.members?.every(isCalled)
    ? room.members
    : room.members?.map((one) => (isCalled(one) ? one : { ...one, display_name: names.get(one.username)! }))
  const better =
    !room.people && members === room.members
      ? room
      : { ...room, ...(members ? { members } : {}), ...(room.people ? { title } : {}) }
  return callApart(better, namesApartIn(better, me))
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
