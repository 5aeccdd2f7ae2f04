import type { Tools } from '../../scope.ts'
import type { Entry, LogRoom } from './entry.ts'
import { encodeEvent } from './present.ts'
import { readEntries } from './replay.ts'
import { readHeads } from './store.ts'

const repairPage = 500
const retryMs = 500

/**
 * How far each room's log has been told by this node. Telling goes strictly by `seq`: an entry that is stored but was
 * not told here (written by another node, or by us when the answer was lost) is read from the log and told first.
 */
export function createHeads(tools: Tools) {
  const told = new Map<number, { room: LogRoom; head: number }>()
  const doubted = new Map<number, LogRoom>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  /** Knows the heads of these rooms; with `again` asks the database, and tells what was missed. */
  async function load(rooms: LogRoom[], { again }: { again: boolean }): Promise<void> {
    const asked = rooms.filter(({ key }) => again || !told.has(key) || doubted.has(key))
    if (asked.length === 0) return
    const stored = await readHeads(
      tools.sql,
      asked.map(({ key }) => key),
    )
    for (const room of asked) {
      const head = stored.get(room.key)
      if (head === undefined) told.delete(room.key)
      else await catchUp(room, head)
      doubted.delete(room.key)
    }
  }

  /** Tells what is stored up to `head` and was not told here; a room met for the first time starts there. */
  async function catchUp(room: LogRoom, head: number): Promise<void> {
    const known = told.get(room.key)
    if (!known) return void told.set(room.key, { room, head })
    while (known.head < head) {
      const entries = await readEntries(tools, room, known.head, Math.min(repairPage, head - known.head))
      if (entries.length === 0) return
      for (const entry of entries) publish(room, entry)
    }
  }

  function publish(room: LogRoom, entry: Entry): void {
    const known = told.get(room.key)
    // Two may be catching up at the same time, or one with an entry whose own telling is just coming.
    if (known && entry.seq <= known.head) return
    if (known) known.head = entry.seq
    else told.set(room.key, { room, head: entry.seq })
    tools.bus.publish({ to: 'room', room: room.key, seq: entry.seq, text: encodeEvent(room, entry) })
  }

  /** Something may have been stored without our knowing: look again as soon as the database answers. */
  function doubt(rooms: LogRoom[]): void {
    for (const room of rooms) if (told.has(room.key)) doubted.set(room.key, room)
    timer ??= setTimeout(resolveDoubts, retryMs)
  }

  async function resolveDoubts(): Promise<void> {
    timer = undefined
    try {
      await load([...doubted.values()], { again: true })
    } catch {
      if (!closed) doubt([])
    }
  }

  return {
    load,
    catchUp,
    publish,
    doubt,
    of: (room: number): number => told.get(room)?.head ?? 0,
    has: (room: number): boolean => told.has(room),
    begin: (room: LogRoom): void => void told.set(room.key, { room, head: 0 }),
    close: (): void => {
      closed = true
      clearTimeout(timer)
    },
  }
}
