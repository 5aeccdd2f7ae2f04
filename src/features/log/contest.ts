import { ChatError } from '../../protocol/errors.ts'
import { violation } from '../../storage/errors.ts'

/** How long a write retries that has lost its place to another node. */
export const patienceMs = 3000
/** From this attempt on the rooms are locked, because another node writes to them as fast as this one. */
export const lockingAttempt = 2
/** The longest wait before a retry. */
const yieldMs = 10

/** The conflict with another writer that made a write fail, if there was one: its place, its client_id, a deadlock. */
export function conflictOf(error: unknown): string | undefined {
  const { kind, constraint } = violation(error) ?? {}
  if (constraint === 'log_pkey' || constraint === 'log_client') return constraint
  return kind === 'deadlock' || kind === 'serialization' ? kind : undefined
}

export async function waitForRetry(attempt: number, giveUpAt: number): Promise<void> {
  if (performance.now() > giveUpAt) throw new ChatError('room_busy')
  if (attempt > lockingAttempt) await Bun.sleep(Math.random() * yieldMs)
}
