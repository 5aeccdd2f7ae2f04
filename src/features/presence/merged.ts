import type { Someone } from '../../bus/bus.ts'
import { perServer, type Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { type Changes, isDue, newChanges, noteChange, publishChanges } from './changes.ts'
import { startTicking, ticks } from './ticks.ts'

/** `here`: on this node. `nodes`: how many other nodes name them. `leavesAt`: when a person without a socket here goes offline here. */
type Online = { person: Someone; here: boolean; nodes: number; sockets: number; leavesAt?: number }

/** Who is online in a room, on whatever node. A person on several nodes counts once, as long as all of these name them. */
export type Presence = {
  key: number
  /** As those who came here last know it; absent before. */
  room?: LogRoom
  people: Map<string, Online>
  /** How many of `people` are here. */
  here: number
  /** The sum of the nodes that have too many people to name. */
  unnamed: number
  /** Since the last event to the sockets of this node. */
  changes: Changes
  /** Since this node last sent a digest: when that was, and whether it had names. */
  sent: Pick<Changes, 'came' | 'went' | 'at' | 'named'>
}

export const presences = perServer((tools) => {
  const state = {
    rooms: new Map<number, Presence>(),
    /** With changes that the sockets of this node have not heard yet. */
    changed: new Set<Presence>(),
    /** With changes that the other nodes have not heard yet. */
    unsent: new Set<Presence>(),
  }
  ticks(tools).due.push(() => {
    for (const presence of state.changed) publishIfDue(tools, presence)
    return state.changed.size > 0
  })
  return state
})

export function presenceOf(tools: Tools, key: number): Presence {
  const { rooms } = presences(tools)
  const known = rooms.get(key)
  if (known) return known
  const { came, went, at, named } = newChanges()
  const sent = { came, went, at, named }
  const presence = { key, people: new Map(), here: 0, unnamed: 0, changes: newChanges(), sent }
  rooms.set(key, presence)
  return presence
}

export const countIn = ({ people, unnamed }: Presence): number => people.size + unnamed

export function come(tools: Tools, presence: Presence, person: Someone, place: 'here' | 'elsewhere'): void {
  const known = presence.people.get(person.id)
  const online = known ?? { person, here: false, nodes: 0, sockets: 0 }
  if (place === 'elsewhere') online.nodes++
  else {
    presence.here++
    // The object of this node: their name in it is never out of date.
    Object.assign(online, { here: true, person })
  }
  if (known) return
  presence.people.set(person.id, online)
  change(tools, presence, person, 'online')
}

export function go(tools: Tools, presence: Presence, id: string, place: 'here' | 'elsewhere'): void {
  const known = presence.people.get(id)
  if (!known) return
  if (place === 'elsewhere') known.nodes--
  else {
    presence.here--
    known.here = false
  }
  if (!known.here && known.nodes === 0) {
    presence.people.delete(id)
    change(tools, presence, known.person, 'offline')
  }
  forgetIfEmpty(tools, presence)
}

export function countUnnamed(tools: Tools, presence: Presence, more: number): void {
  if (more === 0) return
  presence.unnamed += more
  publishSoon(tools, presence)
  forgetIfEmpty(tools, presence)
}

/** Nothing is remembered of a room where nobody hears of changes, and of which nothing has to be sent. */
export function forgetIfEmpty(tools: Tools, presence: Presence): void {
  const { rooms, changed, unsent } = presences(tools)
  if (presence.here === 0 && !changed.has(presence)) presence.changes = newChanges()
  if (countIn(presence) === 0 && !changed.has(presence) && !unsent.has(presence)) rooms.delete(presence.key)
}

function change(tools: Tools, presence: Presence, person: Someone, status: 'online' | 'offline'): void {
  if (presence.here > 0) noteChange(presence.changes, person, status)
  publishSoon(tools, presence)
}

function publishSoon(tools: Tools, presence: Presence): void {
  if (presence.here === 0 && !presences(tools).changed.has(presence)) return
  presences(tools).changed.add(presence)
  if (!publishIfDue(tools, presence)) startTicking(tools)
}

function publishIfDue(tools: Tools, presence: Presence): boolean {
  const { room, people, changes, here } = presence
  const { stopped } = ticks(tools)
  const count = countIn(presence)
  if (stopped || !isDue(changes, count)) return stopped
  if (room && here > 0)
    publishChanges(tools, room, changes, count, () => [...people.values()].map(({ person }) => person))
  presences(tools).changed.delete(presence)
  forgetIfEmpty(tools, presence)
  return true
}
