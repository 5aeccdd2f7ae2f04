import { ChatError } from '../../protocol/errors.ts'
import { violation } from '../../storage/errors.ts'

/** A write that loses its place to another node tries again for so long. */
export const patienceMs = 3000
/** From this attempt on the rooms are held: another node is writing to them as fast as we are. */
export const holdingAttempt = 2
/** How long to let the other go first, at most. */
const yieldMs = 10

/** What a write lost to another, if that is why it failed: its place, its client_id, or who may go first. */
export function lostTo(error: unknown): string | undefined {
  const { kind, constraint } = violation(error) ?? {}
  if (constraint === 'log_pkey' || constraint === 'log_client') return constraint
  return kind === 'deadlock' || kind === 'serialization' ? kind : undefined
}

export async function letOthersGo(attempt: number, giveUpAt: number): Promise<void> {
  if (performance.now() > giveUpAt) throw new ChatError('room_busy')
  if (attempt > holdingAttempt) await Bun.sleep(Math.random() * yieldMs)
}
