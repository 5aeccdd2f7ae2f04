import { computed } from '@preact/signals'
import type { Room } from '../../protocol/rooms.ts'
import { type RoomState, roomOf, type State } from '../../sdk/state.ts'
import { levelOf } from '../ground/notify-level.ts'
import { language } from '../language/language.ts'
import { otherIn } from '../people/people.ts'

/** The sections of the list of rooms. */
export const sections = ['favourites', 'rooms', 'directs', 'archived'] as const
export type Section = (typeof sections)[number]

/** How a room shows unread messages: `loud` when they are for you, `plain` when they are for everyone, or `quiet`. */
type Tone = 'loud' | 'plain' | 'quiet'

/** A row of the list of rooms. It has only what it shows, so that equal rows are not drawn again. */
export type Row = {
  readonly id: string
  readonly title: string
  readonly access: Room['access']
  readonly unread: number
  readonly mentions: number
  readonly tone: Tone
  /** Whether another person of a direct room is online. */
  readonly online: boolean
  /** The address of the picture of the room, or of the other person. */
  readonly avatar: string | undefined
  /** The other person of a direct room of two. */
  readonly other: string | undefined
}

const collator = computed(() => new Intl.Collator(language.value))

type Titled = { title: string; id: string }
const byTitle = (a: Titled, b: Titled) => collator.value.compare(a.title, b.title) || (a.id < b.id ? -1 : 1)

/** A favourite is in view even if it is archived: the person asked for it. */
const sectionOf = ({ access, archived, favourite }: RoomState): Section =>
  favourite ? 'favourites' : archived ? 'archived' : access === 'direct' ? 'directs' : 'rooms'

/** Sorted by title and not by unread messages: a row that you are about to click stays in place. */
export function joinedRooms(state: State): RoomState[] {
  const mine = Object.values(state.rooms).filter((room) => room.role)
  return sections.flatMap((section) => mine.filter((room) => sectionOf(room) === section).sort(byTitle))
}

/** The listed rooms that you can join without an invite and have not joined yet. */
export const joinableRooms = (state: State, listed: readonly Room[]): Room[] =>
  listed
    .filter(
      ({ id, access, archived }) =>
        access !== 'closed' && access !== 'direct' && !archived && !roomOf(state, id)?.role,
    )
    .sort(byTitle)

export function rowsIn(state: State): Record<Section, readonly Row[]> {
  const rows: Record<Section, Row[]> = { favourites: [], rooms: [], directs: [], archived: [] }
  for (const room of joinedRooms(state)) rows[sectionOf(room)].push(rowOf(room, state.me?.username))
  return rows
}

function rowOf(room: RoomState, me: string | undefined): Row {
  const { id, title, access, unread } = room
  const notify = levelOf(room)
  const mentions = notify === 'nothing' ? 0 : room.mentions
  const forMe = mentions > 0 || (access === 'direct' && notify === 'all')
  return {
    id,
    title,
    access,
    unread,
    mentions,
    tone: forMe ? 'loud' : notify === 'all' ? 'plain' : 'quiet',
    online: access === 'direct' && room.online.some((username) => username !== me),
    avatar: room.avatar,
    other: otherIn(room, me),
  }
}

export const sameRows = (a: Record<Section, readonly Row[]>, b: Record<Section, readonly Row[]>): boolean =>
  sections.every(
    (section) =>
      a[section].length === b[section].length &&
      a[section].every((row, at) =>
        Object.entries(row).every(([fact, value]) => b[section][at]![fact as keyof Row] === value),
      ),
  )

/** The unread count for the title of the page. Muted rooms do not count. */
export const unreadIn = (state: State): number =>
  Object.values(state.rooms).reduce((sum, room) => sum + (room.role ? countedIn(room) : 0), 0)

function countedIn(room: RoomState): number {
  const level = levelOf(room)
  return level === 'nothing' ? 0 : level === 'mentions' ? room.mentions : room.unread
}
