import { createBounded } from '../../bounded.ts'
import type { Tools } from '../../scope.ts'
import { sendPush } from './send.ts'
import { type Called, findLive } from './store.ts'

const mostKept = 50_000
/** Reads that a push under way may not have known of. */
const mostReads = 10_000

/**
 * Safari has no push without a notification: after a few, it takes the permission from the page. There, the notification goes when
 * the page is opened.
 */
const showsEveryPush = (endpoint: string): boolean => new URL(endpoint).hostname.endsWith('.push.apple.com')

/** Takes notifications back from the devices that show them, when their person has read the room elsewhere. */
export function createTakeBack(tools: Tools) {
  /** By person and room, the devices that show something, and up to which message. */
  const shown = createBounded<string, Map<string, number>>(mostKept)
  const reads = createBounded<string, number>(mostReads)
  const keyOf = (user: string, room: string): string => `${user} ${room}`

  /** The same topic: a push service that still has the message forgets it. */
  async function takeBack(user: string, room: string, seq: number): Promise<void> {
    const key = keyOf(user, room)
    const devices = shown.get(key)
    const ids = [...(devices ?? [])].filter(([, until]) => until <= seq).map(([id]) => id)
    for (const id of ids) devices!.delete(id)
    if (devices?.size === 0) shown.delete(key)
    if (ids.length === 0) return
    const subscriptions = await findLive(tools.sql, ids, tools.clock())
    const message = { type: 'read', room, seq } as const
    await Promise.all(
      subscriptions
        .filter(({ endpoint }) => !showsEveryPush(endpoint))
        .map(async (each) => tools.metrics.pushes.add(await sendPush(tools, each, message))),
    )
  }

  function start(user: string, room: string, seq: number): void {
    void takeBack(user, room, seq).catch((error) =>
      tools.log.warn('a push message could not be taken back', { error }),
    )
  }

  return {
    show({ userId, room, id, seq }: Called): void {
      const key = keyOf(userId, room)
      const devices = shown.get(key) ?? new Map<string, number>()
      devices.set(id, Math.max(seq, devices.get(id) ?? 0))
      shown.set(key, devices)
      // It was read while it was on its way.
      const read = reads.get(key)
      if (read !== undefined && read >= seq) start(userId, room, read)
    },
    /** An event for a person; `sending`: a push may be on its way. */
    hear(user: string, text: string, sending: boolean): void {
      if ((shown.size === 0 && !sending) || !text.startsWith('{"type":"read.changed"')) return
      const read = JSON.parse(text) as { room: string; read_seq: number; moved_back?: boolean }
      if (read.moved_back) return
      if (sending) reads.set(keyOf(user, read.room), read.read_seq)
      start(user, read.room, read.read_seq)
    },
  }
}
