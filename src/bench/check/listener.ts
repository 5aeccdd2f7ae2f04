import type { Entry, Listener } from '../history.ts'
import { type Violation, violation } from './violation.ts'

/** What one listener heard in one room against what is stored there. */
export function checkListener(listener: Listener, log: readonly Entry[]): Violation[] {
  return [...checkHeard(listener, log), ...checkEntitled(listener, log)]
}

/** Nothing that is not stored; rising; nothing left out, up to the end. */
function checkHeard({ name, room, heard, resets }: Listener, log: readonly Entry[]): Violation[] {
  const violations: Violation[] = []
  const stored = new Map(log.map((entry) => [entry.seq, entry]))
  const excused = new Set(resets)
  let previous = 0
  heard.forEach(({ seq, clientId }, index) => {
    const entry = stored.get(seq)
    if (!entry || entry.clientId !== clientId)
      violations.push(
        violation('phantom', `${name} in ${room} heard ${seq} ${clientId}, which is not stored`),
      )
    if (seq <= previous)
      violations.push(violation('not rising', `${name} in ${room} heard ${seq} after ${previous}`))
    else if (seq > previous + 1 && !excused.has(index))
      violations.push(violation('unheard', `${name} in ${room} heard ${seq} right after ${previous}`))
    previous = Math.max(previous, seq)
  })
  const head = log.at(-1)?.seq ?? 0
  if (previous < head && !excused.has(heard.length))
    violations.push(violation('unheard', `${name} in ${room} heard up to ${previous} of ${head}`))
  return violations
}

/**
 * Live events are due to members only: from the one that tells of their joining to the one that tells of their leaving. A
 * subscription is answered to members only, so the head it tells lies there as well. What a member reads of the past
 * may be older than the membership.
 */
function checkEntitled({ name, room, heard, heads = [] }: Listener, log: readonly Entry[]): Violation[] {
  const stays = staysOf(name, log)
  const isMemberAt = (seq: number): boolean => stays.some(({ from, to }) => seq >= from && seq <= to)
  return [
    ...heard
      .filter(({ seq, live }) => live && !isMemberAt(seq))
      .map(({ seq }) => violation('unentitled', `${name} heard ${room} ${seq} live and was no member then`)),
    ...heads
      .filter((head) => !isMemberAt(head))
      .map((head) => violation('unentitled', `${name} subscribed to ${room} at ${head} and was no member`)),
  ]
}

function staysOf(name: string, log: readonly Entry[]): { from: number; to: number }[] {
  const stays: { from: number; to: number }[] = []
  for (const { seq, joined, left } of log) {
    if (joined === name) stays.push({ from: seq, to: Number.POSITIVE_INFINITY })
    const last = stays.at(-1)
    if (left === name && last) last.to = seq
  }
  return stays
}
