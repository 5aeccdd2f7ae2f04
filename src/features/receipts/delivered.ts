import { createBounded } from '../../bounded.ts'
import { perServer, type Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import type { LogRoom } from '../log/entry.ts'
import { listenersIn } from '../presence/online.ts'
import { moveDeliveredMarks } from './store.ts'

const gatherMs = 1000
const mostRooms = 50_000

const pending = perServer(() => new Set<number>())
/** The direct rooms that somebody has listened to on this node. */
const listenedTo = perServer(() => createBounded<number, true>(mostRooms))

/** Somebody listens to a direct room from now on: what was sent before is delivered to them too. */
export function noteListener(tools: Tools, room: LogRoom): void {
  listenedTo(tools).set(room.key, true)
  noteDelivery(tools, room)
}

/** This node has sent an event to its sockets in the room. Each node marks what its own sockets got. */
export function noteEvent(tools: Tools, room: LogRoom, text: string): void {
  if (listenedTo(tools).get(room.key) && text.startsWith(messageStart)) noteDelivery(tools, room)
}

const messageStart = '{"type":"message.created"'

/**
 * Marks the messages of a direct room as delivered to everyone who has a socket here, within a second: one statement for a burst, and no
 * message waits for it. Other rooms have no delivered marks, because nobody looks at them there.
 */
function noteDelivery(tools: Tools, room: LogRoom): void {
  if (pending(tools).has(room.key)) return
  pending(tools).add(room.key)
  const timer = setTimeout(() => {
    pending(tools).delete(room.key)
    markDelivered(tools, room).catch((error) =>
      tools.log.debug('delivered marks could not be moved; the next message tries again', { error }),
    )
  }, gatherMs)
  timer.unref()
}

async function markDelivered(tools: Tools, room: LogRoom): Promise<void> {
  const listeners = listenersIn(tools, room.key).map(({ id }) => id)
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
