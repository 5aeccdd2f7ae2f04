import type { Someone } from '../../bus/bus.ts'
import type { EphemeralEvent } from '../../protocol/events.ts'
import type { Tools } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'

/** With more people than this online, events have only their number: naming each to each grows quadratically. */
export const mostNamed = 200

/** At most one event in this time for each room. */
const quietMs = 1000
/** More people than this since the last event are a crowd. */
const crowd = 10
/** The same for a crowd, and for events that have only the number. */
const crowdMs = 5000
/** As long as a crowd goes on, each pause is twice the one before, up to this: a slow return costs no more than a fast one. */
const longestMs = 10_000

/** What has changed in a room since the last event about it. */
export type Changes = {
  came: Map<string, Someone>
  went: Map<string, Someone>
  /** The last event: when, on the monotonic clock, the number in it, and whether it had names. */
  at: number
  count: number
  named: boolean
  /** The time until the next event, if the crowd goes on. */
  crowdMs: number
}

export const newChanges = (): Changes => ({
  came: new Map(),
  went: new Map(),
  at: Number.NEGATIVE_INFINITY,
  count: 0,
  named: true,
  crowdMs,
})

/** A person who goes and comes back before an event was published has not changed. */
export function noteChange(
  { came, went }: Pick<Changes, 'came' | 'went'>,
  person: Someone,
  status: 'online' | 'offline',
): void {
  const [now, before] = status === 'online' ? [came, went] : [went, came]
  if (!before.delete(person.id)) now.set(person.id, person)
}

export function isDue(changes: Changes, count: number): boolean {
  const names = changes.named && count <= mostNamed
  const pauseMs = isCrowd(changes) ? changes.crowdMs : names ? quietMs : crowdMs
  return performance.now() >= changes.at + pauseMs
}

const isCrowd = ({ came, went }: Changes): boolean => came.size + went.size > crowd

/** One event for all that has changed, if anything has and somebody hears it. Each node publishes to its own sockets. */
export function publishChanges(
  tools: Tools,
  room: LogRoom,
  changes: Changes,
  count: number,
  everyone: () => Someone[],
): void {
  const names = count <= mostNamed
  // After events without names, nobody knows them: this one has all of them.
  const online = names ? namesOf(changes.named ? changes.came.values() : everyone()) : []
  const offline = names && changes.named ? namesOf(changes.went.values()) : []
  const nextCrowdMs = isCrowd(changes) ? Math.min(changes.crowdMs * 2, longestMs) : crowdMs
  changes.came.clear()
  changes.went.clear()
  const changed = online.length + offline.length > 0 || count !== changes.count
  if (count === 0 || !changed) return
  Object.assign(changes, { at: performance.now(), count, named: names, crowdMs: nextCrowdMs })
  const event: EphemeralEvent = {
    type: 'presence.changed',
    room: room.id,
    ...(online.length > 0 && { online }),
    ...(offline.length > 0 && { offline }),
    count,
    ...aboutOne(online, offline),
  }
  tools.bus.publish({ to: 'room', room: room.key, text: JSON.stringify(event), here: true })
}

/** For clients that know only events about one person. */
function aboutOne(online: string[], offline: string[]) {
  const [username] = [...online, ...offline]
  if (username === undefined || online.length + offline.length !== 1) return {}
  return { username, status: online.length === 1 ? ('online' as const) : ('offline' as const) }
}

const namesOf = (people: Iterable<Someone>): string[] => Array.from(people, ({ username }) => username).sort()
