import type { Tools } from '../scope.ts'
import type { Hub } from './hub.ts'
import type { Ports } from './ports.ts'

const compareMs = 1000
const comparesPerLook = 5
const comparesPerLookWithoutBus = 1
const roomsAtOnce = 500
/** What was just committed is published in this time. */
const graceMs = 200

/**
 * Finds what is stored and was never published: of this node by comparing with its writer, each second and without a
 * query; of anybody else by reading the heads of the rooms that somebody listens to, every 5 s and in one statement, and every
 * second while the bus is away.
 */
export function startCatchUp(tools: Tools, hub: Hub, ports: Ports): () => void {
  let compares = 0
  let looking = false

  async function look(): Promise<void> {
    looking = true
    try {
      const rooms = [...hub.feeds()].map(({ room }) => room)
      const stored = new Map<number, number>()
      for (let at = 0; at < rooms.length; at += roomsAtOnce)
        for (const [key, head] of await ports.heads(rooms.slice(at, at + roomsAtOnce))) stored.set(key, head)
      await Bun.sleep(graceMs)
      for (const feed of hub.feeds()) feed.hint(stored.get(feed.room.key) ?? 0)
    } catch (error) {
      tools.log.debug('the heads of the rooms could not be read; the next look tries again', { error })
    }
    looking = false
  }

  const timer = setInterval(() => {
    for (const feed of hub.feeds()) if (feed.stored() > feed.head()) feed.hint(feed.stored())
    const each = tools.bus.isConnected() ? comparesPerLook : comparesPerLookWithoutBus
    if (++compares % each === 0 && !looking) void look()
  }, compareMs)
  timer.unref()
  tools.bus.onGap(() => {
    if (!looking) void look()
  })
  return () => clearInterval(timer)
}
