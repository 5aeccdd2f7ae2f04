import { perServer, type Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import type { LogRoom } from '../log/entry.ts'
import { onlineIn } from '../presence/online.ts'
import { moveDeliveredMarks } from './store.ts'

const gatherMs = 1000

const pending = perServer(() => new Set<number>())

/**
 * Soon marks what is in a direct room as delivered to those who listen. Gathered, and off the path of the message: a
 * burst costs one statement. Other rooms have no delivered marks, because nobody looks there whom a message reached.
 */
export function noteDelivery(tools: Tools, room: LogRoom): void {
  if (pending(tools).has(room.key)) return
  pending(tools).add(room.key)
  const timer = setTimeout(() => {
    pending(tools).delete(room.key)
    markDelivered(tools, room).catch((error) => tools.log.debug('delivery marks wait', { error }))
  }, gatherMs)
  timer.unref()
}

async function markDelivered(tools: Tools, room: LogRoom): Promise<void> {
  const listeners = onlineIn(tools, room.key).map(({ id }) => id)
  if (listeners.length === 0) return
  const moved = await moveDeliveredMarks(tools.sql, room.key, listeners)
  const people = await authorsOf(
    tools,
    moved.map(({ userId }) => userId),
  )
  for (const { userId, deliveredSeq: delivered_seq, readSeq: read_seq } of moved) {
    const { username } = people.get(userId)!
    const text = JSON.stringify({ type: 'receipt.changed', room: room.id, username, delivered_seq, read_seq })
    tools.bus.publish({ to: 'room', room: room.key, text })
  }
}
