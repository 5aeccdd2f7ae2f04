import { ChatError } from '../../protocol/errors.ts'
import { leads, onChange, type Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { expireRoom } from './expire.ts'
import { type LimitedRoom, listLimitedRooms } from './store.ts'

const hourMs = 3_600_000
/** After a change of a room: several changes are one run. */
const soonMs = 200

/** Deletes old messages now and every hour, and those of a room soon after it has changed. Returns how to stop it. */
export function startRetention(tools: Tools): () => void {
  let stopped = false
  let running = false
  /** The rooms to look at next. */
  let wanted: 'all' | Set<number> = 'all'
  let soon: ReturnType<typeof setTimeout> | undefined
  /** Up to which seq each room was looked through: a log of tombstones is not read every hour. */
  const seen = new Map<number, number>()

  async function run(only?: number[]): Promise<void> {
    let [messages, rooms] = [0, 0]
    const failed: { room: number; error: unknown }[] = []
    const limited = await listLimitedRooms(tools.sql, tools.policy.retentionDays, only)
    // A room that was deleted, or has no limit any more, is not remembered.
    const keys = new Set(limited.map(({ key }) => key))
    for (const key of only ?? seen.keys()) if (!keys.has(key)) seen.delete(key)
    for (const room of limited) {
      if (stopped) break
      const expired = await sweep(room).catch((error: unknown) => {
        failed.push({ room: room.key, error })
        return 0
      })
      messages += expired
      if (expired > 0) rooms++
    }
    if (failed.length > 0 && !stopped) warn({ rooms: failed.length, ...failed[0] })
    if (messages === 0) return
    tools.log.info('old messages were deleted', { messages, rooms })
    await recordAct(tools, { action: 'messages.expired', detail: { messages, rooms } })
  }

  async function sweep(room: LimitedRoom): Promise<number> {
    const from = Math.max(seen.get(room.key) ?? 0, room.expiredSeq)
    const done = await expireRoom(tools, room, { from, isStopped: () => stopped }).catch((error) => {
      // Somebody has just deleted the room.
      if (error instanceof ChatError && error.reason === 'room_not_found') return { expired: 0, seen: from }
      throw error
    })
    seen.set(room.key, done.seen)
    tools.metrics.messagesExpired.add(done.expired)
    return done.expired
  }

  const warn = (what: object): void =>
    tools.log.warn('old messages could not all be deleted; trying again within an hour', { ...what })

  async function wake(): Promise<void> {
    if (running || !leads(tools)) return
    running = true
    while (isWanted() && !stopped) {
      const only = wanted === 'all' ? undefined : [...wanted]
      wanted = new Set()
      await run(only).catch((error) => {
        if (!stopped) warn({ error })
      })
    }
    running = false
  }

  const isWanted = (): boolean => wanted === 'all' || wanted.size > 0

  onChange(tools, 'room', ({ room }) => {
    if (stopped) return
    if (wanted !== 'all') wanted.add(room)
    soon ??= setTimeout(() => {
      soon = undefined
      void wake()
    }, soonMs)
    soon.unref?.()
  })
  const hourly = setInterval(() => {
    wanted = 'all'
    void wake()
  }, hourMs)
  hourly.unref?.()
  void wake()
  return () => {
    stopped = true
    clearTimeout(soon)
    clearInterval(hourly)
  }
}
