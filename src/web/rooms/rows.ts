import type { CustomStatus } from '../../protocol/profile.ts'
import type { Room } from '../../protocol/rooms.ts'
import { type RoomState, roomOf, type State } from '../../sdk/state.ts'
import { levelOf } from '../ground/notify-level.ts'
import { byTitle } from '../language/by-title.ts'
import { groupIn, otherIn } from '../people/people.ts'

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
  /** Whether it notifies you about nothing. */
  readonly muted: boolean
  /** Whether another person of a direct room is online. */
  readonly online: boolean
  /** The address of the picture of the room, or of the other person. */
  readonly avatar: string | undefined
  /** The other person of a direct room of two. */
  readonly other: string | undefined
  /** How many others are in a direct room of more than two. */
  readonly group: number
  /** What that person is doing. */
  readonly status: CustomStatus | undefined
}

/** A section of your own. */
type OwnSection<Item> = { readonly id: string; readonly name: string; readonly rows: readonly Item[] }
type InSections<Item> = Record<Section, readonly Item[]> & { own: readonly OwnSection<Item>[] }
export type Rows = InSections<Row>

const byActivity = (a: RoomState, b: RoomState): number => {
  const [one, other] = [a.last_at ?? '', b.last_at ?? '']
  return one === other ? byTitle(a, b) : one < other ? 1 : -1
}

/**
 * Sorted by title and not by unread messages, unless the person wants otherwise: a row that you are about to click stays in place. Whom
 * you wrote with last comes first.
 */
function inSections(state: State): InSections<RoomState> {
  const { order = 'title', sections: own = [] } = state.arrangement ?? {}
  const names = new Set(own.map(({ id }) => id))
  // A favourite is in view even if it is archived: the person asked for it.
  const sectionOf = ({ access, archived, favourite, section }: RoomState): string => {
    if (favourite) return 'favourites'
    if (archived) return 'archived'
    if (section !== undefined && names.has(section)) return section
    return access === 'direct' ? 'directs' : 'rooms'
  }
  const mine = Object.values(state.rooms).filter((room) => room.role)
  const rooms = Map.groupBy(mine, sectionOf)
  const sorted = (section: string) =>
    (rooms.get(section) ?? []).sort(order === 'activity' || section === 'directs' ? byActivity : byTitle)
  return {
    favourites: sorted('favourites'),
    own: own.map(({ id, name }) => ({ id, name, rows: sorted(id) })),
    rooms: sorted('rooms'),
    directs: sorted('directs'),
    archived: sorted('archived'),
  }
}

/** In the order of the list. */
export function joinedRooms(state: State): RoomState[] {
  const { favourites, own, rooms, directs, archived } = inSections(state)
  return [...favourites, ...own.flatMap(({ rows }) => rows), ...rooms, ...directs, ...archived]
}

/** Whether a person is in no room yet, except for the one that administrators have among themselves. */
export const isNewcomer = ({ own, ...rows }: Rows): boolean =>
  [...own.map((section) => section.rows), ...Object.values(rows)]
    .flat()
    .every(({ access }) => access === 'admins')

/** The listed rooms that you can join without an invite and have not joined yet. */
export const joinableRooms = (state: State, listed: readonly Room[]): Room[] =>
  listed
    .filter(
      ({ id, access, archived }) =>
        access !== 'closed' && access !== 'direct' && !archived && !roomOf(state, id)?.role,
    )
    .sort(byTitle)

export function rowsIn(state: State): Rows {
  const { favourites, own, rooms, directs, archived } = inSections(state)
  const rowsOf = (some: readonly RoomState[]) => some.map((room) => rowOf(room, state.me?.username))
  return {
    favourites: rowsOf(favourites),
    own: own.map((section) => ({ ...section, rows: rowsOf(section.rows) })),
    rooms: rowsOf(rooms),
    directs: rowsOf(directs),
    archived: rowsOf(archived),
  }
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
    muted: notify === 'nothing',
    online: access === 'direct' && room.online.some((username) => username !== me),
    avatar: room.avatar,
    other: otherIn(room, me),
    group: groupIn(room),
    status: room.custom_status,
  }
}

export const sameRows = (a: Rows, b: Rows): boolean =>
  sections.every((section) => areSame(a[section], b[section])) &&
  a.own.length === b.own.length &&
  a.own.every(({ id, name, rows }, at) => {
    const other = b.own[at]!
    return id === other.id && name === other.name && areSame(rows, other.rows)
  })

const areSame = (a: readonly Row[], b: readonly Row[]): boolean =>
  a.length === b.length &&
  a.every((row, at) => Object.entries(row).every(([fact, value]) => b[at]![fact as keyof Row] === value))

/** The unread count for the title of the page. Muted rooms do not count. */
export const unreadIn = (state: State): number =>
  Object.values(state.rooms).reduce((sum, room) => sum + (room.role ? countedIn(room) : 0), 0)

function countedIn(room: RoomState): number {
  const level = levelOf(room)
  return level === 'nothing' ? 0 : level === 'mentions' ? room.mentions : room.unread
}
