import type { Person } from './community.ts'
import type { Dialect, RoomsJob, Seat } from './load/job.ts'
import type { Crowd } from './plan.ts'

/** Reading the time out of every delivery would cost the load more than counting it: about so many sockets do. */
const timedSockets = 200

/** Everybody of a crowd in their rooms, the first of each room talking, shared out to load processes. */
export function seatJobs(
  crowd: Pick<Crowd, 'rooms' | 'sockets' | 'window'>,
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
      token: people[index % people.length]?.token ?? '',
      talks: index < crowd.rooms,
      timed: index % timedEvery === 0,
    }),
  )
  const shares = Array.from({ length: Math.min(loads, seats.length) }, (): Seat[] => [])
  for (const [index, seat] of seats.entries()) shares[index % shares.length]!.push(seat)
  return shares.map((share) => ({ kind: 'rooms', port, dialect, seats: share, window: crowd.window }))
}

export const portOf = (url: string): number => Number(new URL(url).port)
