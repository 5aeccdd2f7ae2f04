import type { DurableEvent, DurableKind, EphemeralEvent, Event, UserEvent } from '../protocol/events.ts'
import { durable } from './durable-changes.ts'
import { ephemeral } from './ephemeral-changes.ts'
import { type RoomState, roomOf, type State, withRoom } from './state.ts'

/**
 * `applied`: the state has it now. `old`: it had it before (or the room is not open). `gap`: something between is
 * missing; the state is as it was, and the room has to be subscribed again with `since`.
 */
export type Outcome = 'applied' | 'old' | 'gap'
export type Applied = { state: State; outcome: Outcome }

/**
 * The law: applying an event gives exactly what fetching afterwards gives. Pure; an event that is applied twice,
 * or too late, changes nothing.
 */
export function apply(state: State, event: Event): Applied {
  if (!isDurable(event)) return { state: applyEphemeral(state, event), outcome: 'applied' }
  const room = roomOf(state, event.room)
  if (!room?.open) return { state, outcome: 'old' }
  if (event.epoch !== room.epoch) return { state, outcome: 'gap' }
  if (event.seq <= room.head) return { state, outcome: 'old' }
  if (event.seq > room.head + 1) return { state, outcome: 'gap' }
  const changed = applyDurable(room, event, state.me?.username)
  return { state: withRoom(state, { ...changed, head: event.seq }), outcome: 'applied' }
}

export function isDurable(event: { type: string }): event is DurableEvent {
  return Object.hasOwn(durable, event.type)
}

export function isEvent(frame: { type: string }): frame is Event {
  return Object.hasOwn(durable, frame.type) || Object.hasOwn(ephemeral, frame.type)
}

/** Without a look at `seq`: for a replay over messages that were fetched at an earlier head. */
export function applyDurable(room: RoomState, event: DurableEvent, me: string | undefined): RoomState {
  // TypeScript cannot tie the key of a table to its argument.
  const change = durable[event.type] as (room: RoomState, event: DurableEvent, me?: string) => RoomState
  return change(room, event, me)
}

function applyEphemeral(state: State, event: EphemeralEvent | UserEvent): State {
  const change = ephemeral[event.type] as (state: State, event: EphemeralEvent | UserEvent) => State
  return change(state, event)
}

export type { DurableKind }
