import { type Person, perServer, type Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'

/** With more people than this online, a room has only a count: events about each person to each would grow quadratically. */
export const mostNamed = 200

/** The people subscribed to each room on this node. A person with several sockets counts once. */
const listeners = perServer(() => new Map<number, Map<string, { person: Person; sockets: number }>>())

export function arrive(tools: Tools, room: LogRoom, person: Person): void {
  const online = listeners(tools).get(room.key) ?? new Map<string, { person: Person; sockets: number }>()
  listeners(tools).set(room.key, online)
  const known = online.get(person.id)
  if (known) known.sockets++
  else {
    online.set(person.id, { person, sockets: 1 })
    publish(tools, room, person, 'online', online.size)
  }
}

export function depart(tools: Tools, room: LogRoom, person: Person): void {
  const online = listeners(tools).get(room.key)
  const known = online?.get(person.id)
  if (!online || !known) return
  known.sockets--
  if (known.sockets > 0) return
  online.delete(person.id)
  if (online.size === 0) listeners(tools).delete(room.key)
  else publish(tools, room, person, 'offline', online.size)
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

function publish(
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
