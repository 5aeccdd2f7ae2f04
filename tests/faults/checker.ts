import type { Entry, History, Listener, Send } from './history.ts'

export type Violation = {
  kind:
    | 'lost'
    | 'moved'
    | 'doubled'
    | 'altered'
    | 'hole'
    | 'reordered'
    | 'phantom'
    | 'not rising'
    | 'unheard'
    | 'unresolved'
  what: string
}

/** Everything in a history that breaks the promise: no message lost, doubled or reordered. Empty when it was kept. */
export function findViolations(history: History): Violation[] {
  const rooms = Object.entries(history.logs)
  return [
    ...rooms.flatMap(([room, log]) => findHoles(room, log)),
    ...rooms.flatMap(([room, log]) => checkSends(room, log, history.sends)),
    ...history.listeners.flatMap((listener) => checkListener(listener, history.logs[listener.room] ?? [])),
    ...history.sends
      .filter(({ ack }) => ack === undefined)
      .map(({ clientId }) => violation('unresolved', `${clientId} was never answered`)),
  ]
}

function findHoles(room: string, log: Entry[]): Violation[] {
  return log.flatMap(({ seq }, index) =>
    seq === index + 1 ? [] : [violation('hole', `${room}: entry ${index + 1} has seq ${seq}`)],
  )
}

function checkSends(room: string, log: Entry[], all: Send[]): Violation[] {
  const violations: Violation[] = []
  const sends = all.filter((send) => send.room === room)
  const known = new Map(sends.map((send) => [send.clientId, send]))
  const stored = new Map<string, number>()
  for (const { seq, actor, clientId, content } of log) {
    if (content === undefined) continue
    const send = clientId === undefined ? undefined : known.get(clientId)
    if (!send || send.sender !== actor) {
      violations.push(violation('phantom', `${room} ${seq}: nobody sent ${clientId} as ${actor}`))
      continue
    }
    if (stored.has(send.clientId)) violations.push(violation('doubled', `${room} ${seq}: ${clientId} again`))
    else stored.set(send.clientId, seq)
    if (send.content !== content) violations.push(violation('altered', `${room} ${seq}: not what was sent`))
  }

  const last = new Map<string, number>()
  for (const { sender, clientId, ack } of sends) {
    const seq = stored.get(clientId)
    if (seq === undefined) {
      if (ack !== undefined)
        violations.push(violation('lost', `${room} ${ack}: ${clientId} was acknowledged`))
      continue
    }
    if (ack !== undefined && ack !== seq)
      violations.push(violation('moved', `${room}: ${clientId} acknowledged as ${ack}, stored as ${seq}`))
    if (seq < (last.get(sender) ?? 0))
      violations.push(violation('reordered', `${room} ${seq}: ${clientId} was sent later`))
    last.set(sender, seq)
  }
  return violations
}

function checkListener({ name, room, heard, resets }: Listener, log: Entry[]): Violation[] {
  const violations: Violation[] = []
  const stored = new Map(log.map((entry) => [entry.seq, entry]))
  let previous = 0
  heard.forEach(({ seq, clientId }, index) => {
    const entry = stored.get(seq)
    if (!entry || entry.clientId !== clientId)
      violations.push(
        violation('phantom', `${name} in ${room} heard ${seq} ${clientId}, which is not stored`),
      )
    if (seq <= previous)
      violations.push(violation('not rising', `${name} in ${room} heard ${seq} after ${previous}`))
    else if (seq > previous + 1 && !resets.includes(index))
      violations.push(violation('unheard', `${name} in ${room} heard ${seq} right after ${previous}`))
    previous = Math.max(previous, seq)
  })
  const head = log.at(-1)?.seq ?? 0
  if (previous < head && !resets.includes(heard.length))
    violations.push(violation('unheard', `${name} in ${room} heard up to ${previous} of ${head}`))
  return violations
}

const violation = (kind: Violation['kind'], what: string): Violation => ({ kind, what })
