import { type Violation, violation } from '../check/violation.ts'
import type { History } from '../history.ts'
import type { Struck } from './struck.ts'

/** A node hears within this time that somebody was removed; what is recorded was sent later than that. */
const graceUs = 5_000_000

/**
 * Messages of people who had been removed more than a second before. While a node is cut off, frozen or without the bus, and
 * shortly after, it may not know yet.
 */
export function findTrespasses({ sends, logs }: History, struck: readonly Struck[]): Violation[] {
  const isExcused = (atUs: number): boolean =>
    struck.some(
      ({ name, beganUs, endedUs }) => name !== 'disk' && beganUs - graceUs < atUs && atUs < endedUs + graceUs,
    )
  return sends
    .filter(({ trespassedUs, room, clientId }) => {
      if (trespassedUs === undefined || isExcused(trespassedUs)) return false
      return logs[room]?.some((entry) => entry.clientId === clientId)
    })
    .map(({ sender, room, clientId }) =>
      violation('unentitled', `${sender} wrote ${clientId} to ${room} after being removed`),
    )
}
