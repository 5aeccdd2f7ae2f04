import { checkListener } from './check/listener.ts'
import { checkLog } from './check/log.ts'
import type { Violation } from './check/violation.ts'
import type { History } from './history.ts'

/**
 * Everything in a history that breaks the promise: no message is lost, doubled or reordered, and nobody hears a message that
 * is not stored or not meant for them. Empty if the promise was kept.
 */
export function findViolations(history: History): Violation[] {
  return [
    ...Object.entries(history.logs).flatMap(([room, log]) => checkLog(room, log, history.sends)),
    ...history.listeners.flatMap((listener) => checkListener(listener, history.logs[listener.room] ?? [])),
    ...history.sends
      .filter(({ ack, refused, trespassedUs }) => (ack ?? refused ?? trespassedUs) === undefined)
      .map(({ clientId }) => ({ kind: 'unresolved' as const, what: `${clientId} was never answered` })),
  ]
}
