import type { DurableEvent, EphemeralEvent, Event, UserEvent } from '../protocol/events.ts'
import { durableChanges } from './durable-changes.ts'
import { ephemeralChanges } from './ephemeral-changes.ts'
import { changeRoom, type RoomState, roomOf, type State, withRoom } from './state.ts'
import { type Reader, readerOf } from './unread.ts'

/**
 * `applied`: the state has the event now. `old`: it had it before, or the room is not open. `gap`: events before it are
 * missing; the state is unchanged, and the room must be subscribed again with `since`.
 */
export type Outcome = 'applied' | 'old' | 'gap'
type Applied = { state: State; outcome: Outcome }

/**
 * Applying an event gives exactly the state that fetching afterwards would give. Pure. An event that is applied twice or
 * too late changes nothing.
 */
export function apply(state: State, event: Event): Applied {
  if (!isDurable(event)) return { state: applyEphemeral(state, event), outcome: 'applied' }
  const room = roomOf(state, event.room)
  if (!room?.open) return { state, outcome: 'old' }
  if (event.epoch !== room.epoch) return { state, outcome: 'gap' }
  if (event.seq <= room.head) return { state, outcome: 'old' }
  if (event.seq > room.head + 1) return { state, outcome: 'gap' }
  const changed = applyDurable(room, event, readerOf(state))
  return { state: withRoom(state, { ...changed, head: event.seq, last_at: event.at }), outcome: 'applied' }
}

export function isDurable(event: { type: string }): event is DurableEvent {
  return Object.hasOwn(durableChanges, event.type)
}

/** Of a room, outside its log, and not of this moment only: a list that was read before it needs it again. */
const latest = [
  'presence.changed',
  'preview.changed',
  'profile.changed',
  'receipt.changed',
  'silence.changed',
] as const

export type LatestEvent = Extract<Event, { type: (typeof latest)[number] }>

export function isLatest(event: { type: string }): event is LatestEvent {
  return latest.some((type) => type === event.type)
}

/** For what was fetched while these events came: the server may have read it before them. */
export const applyLatest = (state: State, events: readonly LatestEvent[]): State =>
  events.reduce<State>(applyEphemeral, state)

/** What changes a line in a list of rooms. Each may be applied twice. */
const ofRooms: ReadonlySet<string> = new Set<Event['type']>([
  'room.updated',
  'member.joined',
  'member.updated',
  'room.opened',
  'room.closed',
  'notify.changed',
  'favourite.changed',
  'section.changed',
  'arrangement.changed',
  'silence.changed',
  'profile.changed',
])

/** For a list of rooms that was fetched while these events came. */
export function applyToRooms(state: State, events: readonly { type: string }[]): State {
  return events.reduce((before, event) => {
    if (!isEvent(event) || !ofRooms.has(event.type)) return before
    if (isDurable(event))
      return changeRoom(before, event.room, (room) => applyDurable(room, event, readerOf(before)))
    // A room that is there has more by now than what it was opened with.
    const isThere = event.type === 'room.opened' && roomOf(before, event.room.id) !== undefined
    return isThere ? before : applyEphemeral(before, event)
  }, state)
}

export function isEvent(frame: { type: string }): frame is Event {
  return Object.hasOwn(durableChanges, frame.type) || Object.hasOwn(ephemeralChanges, frame.type)
}

/** Does not check `seq`: for a replay over messages that were fetched at an earlier head. */
export function applyDurable(room: RoomState, event: DurableEvent, reader: Reader): RoomState {
  // TypeScript cannot tie the key of a table to its argument.
  const change = durableChanges[event.type] as (
    room: RoomState,
    event: DurableEvent,
    reader: Reader,
  ) => RoomState
  return change(room, event, reader)
}

function applyEphemeral(state: State, event: EphemeralEvent | UserEvent): State {
  const change = ephemeralChanges[event.type] as (state: State, event: EphemeralEvent | UserEvent) => State
  return change(state, event)
}
