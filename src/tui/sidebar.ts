import { type RoomState, roomOf, type State } from '../sdk/state.ts'
import { mistakable } from '../text/lookalikes.ts'
import { plainLine } from '../text/plain.ts'
import { statusOf } from './status-commands.ts'
import type { Style } from './style.ts'
import { fill } from './text.ts'

/** The rooms of this user: first rooms by title, then direct rooms. */
export const myRooms = (state: State): RoomState[] =>
  Object.values(state.rooms)
    .filter(({ role }) => role)
    .sort(
      (a, b) =>
        Number(a.access === 'direct') - Number(b.access === 'direct') ||
        a.title.localeCompare(b.title) ||
        (a.id < b.id ? -1 : 1),
    )

/** A direct room is named after the other people in it. */
export function titleOf(
  { id, title, access, people = [] }: Pick<RoomState, 'id' | 'title' | 'access' | 'people'>,
  state: State,
): string {
  if (access !== 'direct') return plainLine(title)
  const usernames = people.filter((username) => username !== state.me?.username)
  const name = othersIn(title, state)
  return plainLine(`@${directsAlike(state).has(id) ? `${name} (${usernames.join(', ')})` : name}`)
}

const othersIn = (title: string, { me }: State) =>
  title
    .split(', ')
    .filter((name) => name !== me?.display_name)
    .join(', ') || title

const alike = new WeakMap<State['rooms'], ReadonlySet<string>>()

/** The direct rooms of which another one has a title that looks alike. */
function directsAlike(state: State): ReadonlySet<string> {
  const known = alike.get(state.rooms)
  if (known) return known
  const directs = Object.values(state.rooms).filter(({ access }) => access === 'direct')
  const found = mistakable(new Map(directs.map(({ id, title }) => [id, othersIn(title, state)])))
  alike.set(state.rooms, found)
  return found
}

/** A column of rooms with their unread counts. The selected room is always in it. */
export function sidebarRows(
  state: State,
  chosen: string | undefined,
  { rows, columns, style }: { rows: number; columns: number; style: Style },
): string[] {
  const rooms = myRooms(state)
  const place = rooms.findIndex(({ id }) => id === chosen)
  const from = Math.max(0, Math.min(place - Math.floor(rows / 2), rooms.length - rows))
  return Array.from({ length: rows }, (_, index) => {
    const room = rooms[from + index]
    if (!room) return ''
    const count = countOf(room)
    const sign = statusOf(room.custom_status) && (room.custom_status?.emoji ?? '')
    const text = fill(` ${titleOf(room, state)}${sign && ` ${plainLine(sign)}`}`, columns - count.length - 1)
    if (room.id === chosen) return style.bar(`${text}${count} `)
    return count ? style.bold(`${text}${count}`) : text
  })
}

/** ` @2` if two messages mean this user, or how many are unread. */
function countOf({ unread, mentions, notify }: RoomState): string {
  const isMeant = mentions > 0 && notify !== 'nothing'
  const n = isMeant ? mentions : unread
  if (n === 0) return ''
  return ` ${isMeant ? '@' : ''}${n > 999 ? '999+' : n}`
}

export const unreadElsewhere = (state: State, here: string | undefined): number =>
  myRooms(state).reduce((sum, { id, unread }) => (id === here ? sum : sum + unread), 0)

/** The next or previous room of the list, which is a ring. */
export function neighbour(state: State, here: string | undefined, step: 1 | -1): RoomState | undefined {
  const rooms = myRooms(state)
  const place = rooms.findIndex(({ id }) => id === here)
  return rooms.at((place + step + rooms.length) % Math.max(1, rooms.length))
}

/** The room to start in when the user named none. */
export const firstRoom = (state: State): RoomState | undefined =>
  roomOf(state, 'general')?.role ? roomOf(state, 'general') : myRooms(state)[0]
