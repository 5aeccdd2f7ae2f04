import type { Entry, Listener } from '../history.ts'
import { type Violation, violation } from './violation.ts'

/** Compares the events that one listener received in one room with the stored ones. */
export function checkListener(listener: Listener, log: readonly Entry[]): Violation[] {
  return [...checkHeard(listener, log), ...checkEntitled(listener, log)]
}

/** Only stored events, in rising order, without gaps, up to the head. */
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
 * Only members may receive live events, from their own member.joined to their own member.left. Only members may subscribe,
 * so the head in the reply must be within the membership too, or behind it: another node may not have read yet that they joined.
 * Members may read events from before they joined: a person who was added back hears them live too,
 * from a node that is behind, or that was stopped while they were away and goes on where it was. That node may still be there
 * when the next removal begins, so that only the number of times that they had been added back counts.
 */
function checkEntitled({ name, room, heard, heads = [] }: Listener, log: readonly Entry[]): Violation[] {
  const stays = staysOf(name, log)
  const joinsAfter = (seq: number): boolean => stays.some(({ from }) => from > seq)
  const timesLeft = (seq: number): number => stays.filter(({ to }) => to < seq).length
  const isAddedBack = (seq: number, times: number): boolean => times >= timesLeft(seq) && joinsAfter(seq)
  const isMemberAt = (seq: number): boolean => stays.some(({ from, to }) => seq >= from && seq <= to)
  return [
    ...heard
      .filter(({ seq, live, back }) => live && !isMemberAt(seq) && !(back && isAddedBack(seq, back)))
      .map(({ seq }) => violation('unentitled', `${name} heard ${room} ${seq} live without being a member`)),
    ...heads
      .filter(({ head, known = head, added }) => !isMemberAt(head) && !isMemberAt(known) && !added)
      .map(({ head }) =>
        violation('unentitled', `${name} subscribed to ${room} at ${head} without being a member`),
      ),
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
