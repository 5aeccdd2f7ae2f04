import type { Room } from '../../protocol/rooms.ts'
import type { RoomState, State } from '../../sdk/state.ts'
import { reportsKey } from '../ground/powers.ts'
import {
  addressOf,
  adminAddress,
  browseAddress,
  draftsAddress,
  forYouAddress,
  reportsAddress,
  savedAddress,
  settingsAddress,
  settingsPages,
  threadsAddress,
} from '../ground/route.ts'
import { fold } from '../ground/search.ts'
import type { Drawing } from '../kit/icon.tsx'
import { say } from '../language/say.ts'
import { acquaintances, groupIn } from '../people/people.ts'
import { joinableRooms, joinedRooms } from '../rooms/rows.ts'

/** A line of the palette: a place to go to, or a command. */
export type Entry = {
  key: string
  name: string
  /** Other text to find it by, such as a room's address. */
  also?: string
  note?: string
  icon: Drawing
  unread?: number
  run: () => void
}

type PaletteTools = {
  go: (address: string) => void
  join: (room: string) => void
  write: (username: string) => void
  run: readonly Entry[]
  /** The room in view, to which nobody has to go. */
  here?: string | undefined
}

const iconOf = (room: RoomState): Drawing =>
  groupIn(room) > 0
    ? 'people'
    : ({ direct: 'person', closed: 'lock', admins: 'shield', open: 'talk' } as const)[room.access]

/** Everything you can go to, with unread rooms first, for which people most often open the palette, and the room in view behind the other rooms. */
export function entriesOf(
  state: State,
  listed: readonly Room[],
  { go, join, write, run, here }: PaletteTools,
): Entry[] {
  const rooms = joinedRooms(state).map(
    (room): Entry => ({
      key: `room ${room.id}`,
      name: room.title,
      also: room.access === 'direct' ? '' : room.id,
      icon: iconOf(room),
      unread: room.unread,
      run: () => go(addressOf(room.id)),
    }),
  )
  const joinable = joinableRooms(state, listed).map(
    (room): Entry => ({
      key: `join ${room.id}`,
      name: room.title,
      also: room.id,
      note: say('palette.join'),
      icon: 'talk',
      run: () => join(room.id),
    }),
  )
  // People with whom you have a direct room are among the rooms.
  const met = new Set(
    Object.values(state.rooms).flatMap(({ people = [] }) => (people.length === 2 ? people : [])),
  )
  const people = acquaintances(state)
    .filter(({ username }) => !met.has(username))
    .map(
      ({ username, name }): Entry => ({
        key: `person ${username}`,
        name,
        also: username,
        note: say('direct.write'),
        icon: 'person',
        run: () => write(username),
      }),
    )
  const views: Entry[] = [
    { key: 'forYou', name: say('forYou.title'), icon: 'at', run: () => go(forYouAddress) },
    { key: 'threads', name: say('threads.title'), icon: 'thread', run: () => go(threadsAddress) },
    { key: 'saved', name: say('saved.title'), icon: 'bookmark', run: () => go(savedAddress) },
    { key: 'drafts', name: say('drafts.title'), icon: 'edit', run: () => go(draftsAddress) },
    { key: 'browse', name: say('browse.title'), icon: 'search', run: () => go(browseAddress) },
    ...settingsPages.map(
      (page): Entry => ({
        key: `settings ${page}`,
        name: say(`settings.${page}`),
        note: say('settings.title'),
        icon: 'settings',
        run: () => go(settingsAddress(page)),
      }),
    ),
    ...(reportsKey(state)
      ? [{ key: 'reports', name: say('reports.title'), icon: 'flag', run: () => go(reportsAddress) } as const]
      : []),
    ...(state.me?.roles.includes('admin')
      ? [
          {
            key: 'admin',
            name: say('admin.title'),
            icon: 'shield',
            run: () => go(adminAddress('users')),
          } as const,
        ]
      : []),
  ]
  const rank = ({ key, unread = 0 }: Entry) => (key === `room ${here}` ? -1 : Math.sign(unread))
  const unreadFirst = [...rooms].sort((a, b) => rank(b) - rank(a))
  return [...unreadFirst, ...joinable, ...views, ...run, ...people]
}

/**
 * The entries that contain every word of the query: first the name that is the query, and those that begin with it; then
 * those with a word at their beginning, then at the beginning of a word, then anywhere.
 */
export function found(entries: readonly Entry[], query: string): Entry[] {
  const whole = fold(query).trim()
  const words = whole.split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...entries]
  return entries
    .map((entry) => ({
      entry,
      beginning: beginningOf(fold(entry.name), whole),
      rank: rankOf(fold(`${entry.name} ${entry.also ?? ''} ${entry.note ?? ''}`), words),
    }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.beginning - a.beginning || b.rank - a.rank)
    .map(({ entry }) => entry)
}

const beginningOf = (name: string, query: string): number =>
  name === query ? 2 : name.startsWith(query) ? 1 : 0

function rankOf(text: string, words: readonly string[]): number {
  let rank = 0
  for (const word of words) {
    const at = text.indexOf(word)
    if (at < 0) return 0
    const startsWord = at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!)
    rank += at === 0 ? 3 : startsWord ? 2 : 1
  }
  return rank
}
