import { ChatError } from '../../protocol/errors.ts'
import { onChange, type Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { expireRoom } from './expire.ts'
import { listLimitedRooms } from './store.ts'

const hourMs = 3_600_000
/** After a change of a room: several changes are one run. */
const soonMs = 200

/** Deletes old messages now, every hour, and soon after a room has changed. Returns how to stop it. */
export function startRetention(tools: Tools): () => void {
  let stopped = false
  let running = false
  let isWanted = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Up to which seq each room was looked through: a log of tombstones is not read every hour. */
  const seen = new Map<number, number>()

  async function run(): Promise<void> {
    let [messages, rooms] = [0, 0]
    for (const room of await listLimitedRooms(tools.sql, tools.policy.retentionDays)) {
      if (stopped) break
      const from = Math.max(seen.get(room.key) ?? 0, room.expiredSeq)
      const done = await expireRoom(tools, room, { from, isStopped: () => stopped }).catch((error) => {
        // Somebody has just deleted the room.
        if (error instanceof ChatError && error.reason === 'room_not_found') return { expired: 0, seen: from }
        throw error
      })
      seen.set(room.key, done.seen)
      messages += done.expired
      if (done.expired > 0) rooms++
      tools.metrics.messagesExpired.add(done.expired)
    }
    if (messages === 0) return
    tools.log.info('old messages were deleted', { messages, rooms })
    await recordAct(tools, { action: 'messages.expired', detail: { messages, rooms } })
  }

  async function wake(): Promise<void> {
    isWanted = true
    if (running) return
    running = true
    while (isWanted && !stopped) {
      isWanted = false
      await run().catch((error) => {
        if (!stopped)
          tools.log.warn('old messages could not all be deleted; trying again within an hour', { error })
      })
    }
    running = false
    schedule(hourMs)
  }

  function schedule(ms: number): void {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(() => void wake(), ms)
    timer.unref?.()
  }

  onChange(tools, 'room', () => schedule(soonMs))
  void wake()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
