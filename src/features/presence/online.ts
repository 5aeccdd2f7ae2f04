import type { Someone } from '../../bus/bus.ts'
import { type Person, perServer, type Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { mostNamed } from './changes.ts'
import { openDigests, tellSoon } from './digests.ts'
import { openElsewhere } from './elsewhere.ts'
import { come, countIn, go, type Presence, presenceOf, presences } from './merged.ts'
import { startTicking, stopTicking, ticks } from './ticks.ts'

/** A person whose last socket was lost stays online for this time: who reconnects in it never went offline. */
export const graceMs = 3000

type Leaving = { presence: Presence; user: string; at: number }

/** Who goes offline on this node, in the order of `at`, because the grace time is the same for all. */
const leavings = perServer((tools) => {
  const state = { leaving: [] as Leaving[] }
  ticks(tools).due.push((now) => {
    const end = state.leaving.findIndex(({ at }) => at > now)
    // Another `at`: they came back and left once more.
    for (const { presence, user, at } of state.leaving.splice(0, end < 0 ? state.leaving.length : end))
      if (presence.people.get(user)?.leavesAt === at) goOffline(tools, presence, user)
    return state.leaving.length > 0
  })
  return state
})

/** From now on this node hears who is online on the others, and tells them who is here. */
export function openPresence(tools: Tools): void {
  leavings(tools)
  openDigests(tools)
  openElsewhere(tools)
}

export function arrive(tools: Tools, room: LogRoom, person: Person): void {
  const presence = presenceOf(tools, room.key)
  presence.room = room
  if (!presence.people.get(person.id)?.here) {
    come(tools, presence, person, 'here')
    tellSoon(tools, presence, person, 'online')
  }
  const online = presence.people.get(person.id)!
  online.sockets++
  delete online.leavesAt
}

/** `mayReturn`: the socket was lost, so the person may come back soon. Otherwise they left the room or signed out. */
export function depart(tools: Tools, room: LogRoom, person: Person, mayReturn: boolean): void {
  const presence = presences(tools).rooms.get(room.key)
  const known = presence?.people.get(person.id)
  if (!presence || !known || known.sockets === 0 || --known.sockets > 0) return
  if (!mayReturn) return goOffline(tools, presence, person.id)
  known.leavesAt = performance.now() + graceMs
  leavings(tools).leaving.push({ presence, user: person.id, at: known.leavesAt })
  startTicking(tools)
}

/** On every node; without those whom a node only counts, because they are too many. */
export function onlineIn(tools: Tools, roomKey: number): Someone[] {
  return [...(presences(tools).rooms.get(roomKey)?.people.values() ?? [])].map(({ person }) => person)
}

/** Who has a socket on this node; without those who have lost their last one: events reach only these. */
export function listenersIn(tools: Tools, roomKey: number): Someone[] {
  const online = [...(presences(tools).rooms.get(roomKey)?.people.values() ?? [])]
  return online.flatMap(({ person, sockets }) => (sockets > 0 ? person : []))
}

/** On every node. A person on several nodes counts more than once where one of these has too many people to name. */
export function countOnline(tools: Tools, roomKey: number): number {
  const presence = presences(tools).rooms.get(roomKey)
  return presence ? countIn(presence) : 0
}

/**
 * Whether so many people are online that what each does there cannot be sent to each: who is typing, and who has read what.
 */
export const isCrowded = (tools: Tools, roomKey: number): boolean => countOnline(tools, roomKey) > mostNamed

/**
 * On any node. Of a room in which another node has too many people to name, somebody is taken to be online if that node
 * names them in another room.
 */
export function isOnline(tools: Tools, roomKey: number, user: string): boolean {
  const presence = presences(tools).rooms.get(roomKey)
  if (presence === undefined) return false
  return (
    presence.people.has(user) || (presence.unnamed > 0 && openElsewhere(tools).mayBeUnnamed(roomKey, user))
  )
}

/**
 * Nothing is published any more, nor sent to other nodes: the sockets of a server that stops come back to another one.
 */
export const stopPresence = stopTicking

function goOffline(tools: Tools, presence: Presence, user: string): void {
  const { person } = presence.people.get(user)!
  delete presence.people.get(user)!.leavesAt
  // Before they go: a room that has nothing left to tell is forgotten.
  tellSoon(tools, presence, person, 'offline')
  go(tools, presence, user, 'here')
}
