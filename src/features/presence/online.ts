import { type Person, perServer, type Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'

/** In a room with more people online than this, presence is a count: naming each to each would be quadratic. */
export const mostNamed = 200

/** Who listens to a room on this node, and on how many sockets: several sockets of one person are one presence. */
const listeners = perServer(() => new Map<number, Map<string, { person: Person; sockets: number }>>())

export function arrive(tools: Tools, room: LogRoom, person: Person): void {
  const here = listeners(tools).get(room.key) ?? new Map<string, { person: Person; sockets: number }>()
  listeners(tools).set(room.key, here)
  const known = here.get(person.id)
  if (known) known.sockets++
  else {
    here.set(person.id, { person, sockets: 1 })
    tell(tools, room, person, 'online', here.size)
  }
}

export function depart(tools: Tools, room: LogRoom, person: Person): void {
  const here = listeners(tools).get(room.key)
  const known = here?.get(person.id)
  if (!here || !known) return
  known.sockets--
  if (known.sockets > 0) return
  here.delete(person.id)
  if (here.size === 0) listeners(tools).delete(room.key)
  else tell(tools, room, person, 'offline', here.size)
}

export function onlineIn(tools: Tools, roomKey: number): Person[] {
  return [...(listeners(tools).get(roomKey)?.values() ?? [])].map(({ person }) => person)
}

export function countOnline(tools: Tools, roomKey: number): number {
  return listeners(tools).get(roomKey)?.size ?? 0
}

export function isOnline(tools: Tools, roomKey: number, user: string): boolean {
  return listeners(tools).get(roomKey)?.has(user) ?? false
}

function tell(
  tools: Tools,
  room: LogRoom,
  person: Person,
  status: 'online' | 'offline',
  count: number,
): void {
  if (count > mostNamed) return
  const text = JSON.stringify({ type: 'presence.changed', room: room.id, username: person.username, status })
  tools.bus.publish({ to: 'room', room: room.key, text })
}
