import type { Person } from './community.ts'
import type { Dialect, RoomsJob, Seat } from './load/job.ts'
import type { Crowd } from './plan.ts'

/** Reading the time out of every delivery would cost the load more than counting it: about so many sockets do. */
const timedSockets = 200

type Shape = Pick<Crowd, 'rooms' | 'sockets' | 'window'>

/** Who sits where: one after the other into each room, and round again. */
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

/** Everybody of a crowd in their rooms, the first of each room talking, shared out to load processes. */
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
