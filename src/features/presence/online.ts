import { type Person, perServer, type Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { type Changes, isDue, newChanges, noteChange, publishChanges } from './changes.ts'

/** A person whose last socket was lost stays online for this time: who reconnects in it never went offline. */
export const graceMs = 3000
const tickMs = 100

/** `leavesAt`: when a person without a socket goes offline. */
type Online = { person: Person; sockets: number; leavesAt?: number }
type Presence = { room: LogRoom; people: Map<string, Online>; changes: Changes }
type Leaving = { presence: Presence; user: string; at: number }

/** The people subscribed to each room on this node. A person with several sockets counts once. */
const presences = perServer(() => ({
  rooms: new Map<number, Presence>(),
  /** In the order of `at`, because the grace time is the same for all. */
  leaving: [] as Leaving[],
  /** Rooms with changes that were not published yet. */
  changed: new Set<Presence>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
  stopped: false,
}))

export function arrive(tools: Tools, room: LogRoom, person: Person): void {
  const { rooms } = presences(tools)
  const presence = rooms.get(room.key) ?? { room, people: new Map<string, Online>(), changes: newChanges() }
  rooms.set(room.key, presence)
  const known = presence.people.get(person.id)
  if (known) {
    known.sockets++
    delete known.leavesAt
    return
  }
  presence.people.set(person.id, { person, sockets: 1 })
  change(tools, presence, person, 'online')
}

/** `mayReturn`: the socket was lost, so the person may come back soon. Otherwise they left the room or signed out. */
export function depart(tools: Tools, room: LogRoom, person: Person, mayReturn: boolean): void {
  const presence = presences(tools).rooms.get(room.key)
  const known = presence?.people.get(person.id)
  if (!presence || !known || known.sockets === 0 || --known.sockets > 0) return
  if (!mayReturn) return goOffline(tools, presence, person)
  known.leavesAt = performance.now() + graceMs
  presences(tools).leaving.push({ presence, user: person.id, at: known.leavesAt })
  startTicking(tools)
}

export function onlineIn(tools: Tools, roomKey: number): Person[] {
  return [...(presences(tools).rooms.get(roomKey)?.people.values() ?? [])].map(({ person }) => person)
}

/** Without those who have lost their last socket: events reach only these. */
export function listenersIn(tools: Tools, roomKey: number): Person[] {
  const online = [...(presences(tools).rooms.get(roomKey)?.people.values() ?? [])]
  return online.flatMap(({ person, sockets }) => (sockets > 0 ? person : []))
}

export function countOnline(tools: Tools, roomKey: number): number {
  return presences(tools).rooms.get(roomKey)?.people.size ?? 0
}

export function isOnline(tools: Tools, roomKey: number, user: string): boolean {
  return presences(tools).rooms.get(roomKey)?.people.has(user) ?? false
}

/** Nothing is published any more: the sockets of a server that stops come back to another one. */
export function stopPresence(tools: Tools): void {
  const state = presences(tools)
  state.stopped = true
  clearInterval(state.timer)
}

function goOffline(tools: Tools, presence: Presence, person: Person): void {
  presence.people.delete(person.id)
  change(tools, presence, person, 'offline')
}

function change(tools: Tools, presence: Presence, person: Person, status: 'online' | 'offline'): void {
  noteChange(presence.changes, person, status)
  presences(tools).changed.add(presence)
  if (!publishIfDue(tools, presence)) startTicking(tools)
}

function publishIfDue(tools: Tools, presence: Presence): boolean {
  const { rooms, changed, stopped } = presences(tools)
  const { room, people, changes } = presence
  if (stopped || !isDue(changes, people.size)) return stopped
  publishChanges(tools, room, changes, people.size, () => [...people.values()].map(({ person }) => person))
  changed.delete(presence)
  if (people.size === 0) rooms.delete(room.key)
  return true
}

function startTicking(tools: Tools): void {
  const state = presences(tools)
  if (state.stopped || state.timer) return
  state.timer = setInterval(() => tick(tools), tickMs)
  state.timer.unref()
}

function tick(tools: Tools): void {
  const state = presences(tools)
  const now = performance.now()
  const end = state.leaving.findIndex(({ at }) => at > now)
  for (const { presence, user, at } of state.leaving.splice(0, end < 0 ? state.leaving.length : end)) {
    const known = presence.people.get(user)
    // Another `at`: they came back and left once more.
    if (known?.leavesAt === at) goOffline(tools, presence, known.person)
  }
  for (const presence of state.changed) publishIfDue(tools, presence)
  if (state.leaving.length > 0 || state.changed.size > 0) return
  clearInterval(state.timer)
  state.timer = undefined
}
