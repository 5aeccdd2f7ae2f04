import type { Person } from './community.ts'
import type { Dialect, RoomsJob, Seat } from './load/job.ts'
import type { Crowd } from './plan.ts'

/** Only about so many sockets read the time of their deliveries: reading costs more than counting. */
const timedSockets = 200

type Shape = Pick<Crowd, 'rooms' | 'sockets' | 'window'>

/** Assigns people to the rooms in turn. */
const personAt = (people: readonly Person[], seat: number): Person | undefined => people[seat % people.length]

export function membersOf(
  { rooms, sockets }: Pick<Shape, 'rooms' | 'sockets'>,
  people: readonly Person[],
): (room: number) => Person[] {
  return (room) => {
    const members = new Set<Person>()
    for (let seat = room; seat < sockets; seat += rooms) members.add(personAt(people, seat)!)
    return [...members]
  }
}

/** All people of a crowd in their rooms, divided among load processes. The first in each room talks. */
export function seatJobs(
  crowd: Shape,
  roomOf: (index: number) => string,
  dialect: Dialect,
  port: number,
  people: readonly Person[],
  loads: number,
): RoomsJob[] {
  const timedEvery = Math.ceil(crowd.sockets / timedSockets)
  const seats = Array.from(
    { length: crowd.sockets },
    (_, index): Seat => ({
      room: roomOf(index % crowd.rooms),
      token: personAt(people, index)?.token ?? '',
      talks: index < crowd.rooms,
      timed: index % timedEvery === 0,
    }),
  )
  const shares = Array.from({ length: Math.min(loads, seats.length) }, (): Seat[] => [])
  for (const [index, seat] of seats.entries()) shares[index % shares.length]!.push(seat)
  return shares.map((share) => ({ kind: 'rooms', port, dialect, seats: share, window: crowd.window }))
}

export const portOf = (url: string): number => Number(new URL(url).port)
