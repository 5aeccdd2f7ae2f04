import type { Entry, Send } from '../history.ts'
import { type Violation, violation } from './violation.ts'

/** Compares the stored log with the sent and acknowledged messages. */
export function checkLog(room: string, log: readonly Entry[], all: readonly Send[]): Violation[] {
  const sends = all.filter((send) => send.room === room)
  const stored = new Map<string, number>()
  return [
    ...findHoles(room, log),
    ...checkStored(room, log, sends, stored),
    ...checkAcks(room, sends, stored),
  ]
}

function findHoles(room: string, log: readonly Entry[]): Violation[] {
  return log.flatMap(({ seq }, index) =>
    seq === index + 1 ? [] : [violation('hole', `${room}: entry ${index + 1} has seq ${seq}`)],
  )
}

/** Checks that every stored message was sent once, with this text. Fills `stored` with the `seq` of each. */
function checkStored(
  room: string,
  log: readonly Entry[],
  sends: readonly Send[],
  stored: Map<string, number>,
): Violation[] {
  const violations: Violation[] = []
  const known = new Map(sends.map((send) => [send.clientId, send]))
  for (const { seq, actor, clientId, content } of log) {
    if (content === undefined) continue
    const send = clientId === undefined ? undefined : known.get(clientId)
    if (!send || send.sender !== actor) {
      violations.push(violation('phantom', `${room} ${seq}: nobody sent ${clientId} as ${actor}`))
      continue
    }
    if (stored.has(send.clientId)) violations.push(violation('doubled', `${room} ${seq}: ${clientId} again`))
    else stored.set(send.clientId, seq)
    if (send.refused !== undefined)
      violations.push(violation('phantom', `${room} ${seq}: ${clientId} was refused as ${send.refused}`))
    if (send.content !== content) violations.push(violation('altered', `${room} ${seq}: not what was sent`))
  }
  return violations
}

/** Checks that every acknowledged message is stored at the acknowledged `seq`, and those of one sender in their order. */
function checkAcks(room: string, sends: readonly Send[], stored: ReadonlyMap<string, number>): Violation[] {
  const violations: Violation[] = []
  const last = new Map<string, number>()
  for (const { sender, clientId, ack, retried } of sends) {
    const seq = stored.get(clientId)
    if (seq === undefined) {
      if (ack !== undefined)
        violations.push(violation('lost', `${room} ${ack}: ${clientId} was acknowledged`))
      continue
    }
    if (ack !== undefined && ack !== seq)
      violations.push(violation('moved', `${room}: ${clientId} acknowledged as ${ack}, stored as ${seq}`))
    if (retried) continue
    if (seq < (last.get(sender) ?? 0))
      violations.push(violation('reordered', `${room} ${seq}: ${clientId} was sent later`))
    last.set(sender, seq)
  }
  return violations
}
