import type { DatabaseKind } from '../place.ts'

/** What grows; `members` without sockets, `online` with one socket for each member. */
export const axisNames = ['log', 'rooms', 'members', 'online', 'people'] as const
export type AxisName = (typeof axisNames)[number]

/** A community, as a seeding process makes it out of a smaller one. */
export type World = {
  people: number
  /** Rooms of the community with `roomEvents` messages each; a person is in `roomsEach` of them. */
  rooms: number
  roomEvents: number
  roomsEach: number
  /** The room that is measured, with so many messages and members. */
  target: { events: number; members: number }
}

export type Axis = {
  name: AxisName
  title: string
  unit: string
  sizes: Record<DatabaseKind, readonly number[]>
  worldOf(size: number): World
}

/** They are in the measured room, read and send there. */
export const probes = 10
/** They are not in it, and join and leave. */
export const outsiders = 20
const fewestPeople = 60
const roomsEach = 11
const usualRoom = 200
const targetEvents = 1000
const quickEvents = 450

/** So many rooms that each has about `usualRoom` members. */
const roomsOf = (people: number): number => Math.max(roomsEach, Math.round((people * roomsEach) / usualRoom))

/** Sizes stop below the number of sockets that a process may open. */
export function axesOf(names: readonly AxisName[], quick: boolean, mostSockets: number): Axis[] {
  const tens = (from: number, to: number): number[] =>
    Array.from({ length: Math.round(Math.log10(to / from)) + 1 }, (_, step) => from * 10 ** step)
  const both = (sizes: readonly number[], embedded = sizes) => ({ postgres: sizes, embedded })
  const events = quick ? quickEvents : targetEvents
  const base: World = {
    people: fewestPeople,
    rooms: roomsEach,
    roomEvents: 10,
    roomsEach,
    target: { events, members: probes },
  }
  const inRoom = (members: number): World => {
    const people = Math.max(fewestPeople, members + outsiders)
    return { ...base, people, rooms: roomsOf(people), target: { events, members } }
  }
  const all: Axis[] = [
    {
      name: 'log',
      title: 'Events in one room',
      unit: 'events',
      sizes: quick ? both([500, 1000]) : both(tens(10_000, 10_000_000), tens(10_000, 1_000_000)),
      worldOf: (size) => ({ ...base, target: { ...base.target, events: size } }),
    },
    {
      name: 'rooms',
      title: 'Rooms',
      unit: 'rooms',
      sizes: quick ? both([20, 40]) : both(tens(100, 100_000), tens(100, 10_000)),
      // Rooms of two or more, as conversations are.
      worldOf: (size) => ({
        ...base,
        rooms: size,
        people: Math.max(fewestPeople, Math.ceil((size * 2) / roomsEach)),
      }),
    },
    {
      name: 'members',
      title: 'Members of one room',
      unit: 'members',
      sizes: both(quick ? [10, 20] : tens(10, 10_000)),
      worldOf: inRoom,
    },
    {
      name: 'online',
      title: 'Members online',
      unit: 'sockets',
      sizes: both((quick ? [10, 20] : tens(10, 10_000)).map((size) => Math.min(size, mostSockets))),
      worldOf: inRoom,
    },
    {
      name: 'people',
      title: 'People',
      unit: 'people',
      sizes: quick ? both([60, 120]) : both(tens(100, 100_000), tens(100, 10_000)),
      worldOf: (size) => ({ ...base, people: size, rooms: roomsOf(size) }),
    },
  ]
  return all.filter(({ name }) => names.includes(name))
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)

export const nameOf = (index: number): string => `grow${String(index).padStart(6, '0')}`

/** The members of the measured room: everybody but the outsiders, who come after the probes. */
export const membersOf = (count: number): number[] => [
  ...range(0, probes),
  ...range(probes + outsiders, count + outsiders),
]
