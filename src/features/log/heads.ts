import { createBounded } from '../../bounded.ts'
import type { Note } from '../../bus/bus.ts'
import { announce, type Tools } from '../../scope.ts'
import { reportBreak } from './breaks.ts'
import { tipIn } from './compare-anchor.ts'
import { type Entry, type LogRoom, noTip, type Tip } from './entry.ts'
import { movedRooms } from './moved.ts'
import { encodeEvent } from './present.ts'
import { readEntryPage } from './replay.ts'
import { readTips } from './store.ts'

/** A room that is forgotten costs a query when it is written to again. */
const mostRooms = 100_000
const repairPage = 500
const retryMs = 500

export type Heads = ReturnType<typeof createHeads>

/**
 * The last `seq` that this node has published, of the rooms that were written to last. Events are published strictly by `seq`: an entry that is
 * stored but was not published here (another node wrote it, or the response of the database was lost) is read from the
 * log and published first.
 */
export function createHeads(tools: Tools) {
  const published = createBounded<number, Tip & { room: LogRoom }>(mostRooms)
  const { moved } = movedRooms(tools)
  const doubted = new Map<number, LogRoom>()
  let publishing: Note | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  /** Loads the heads of these rooms. With `again`, also of those it knows, and publishes the events it has missed. */
  async function load(rooms: LogRoom[], { again }: { again: boolean }): Promise<void> {
    const asked = rooms.filter(({ key }) => again || !published.get(key) || doubted.has(key))
    if (asked.length === 0) return
    const before = asked.map(({ key }) => published.get(key)?.head ?? 0)
    const stored = await readTips(
      tools.sql,
      asked.map(({ key }) => key),
    )
    for (const [index, room] of asked.entries()) {
      const tip = stored.get(room.key)
      if (tip === undefined) published.delete(room.key)
      else {
        const reached = reachedBy(room.key)
        if (tip.head < Math.max(before[index]!, reached.head))
          reportBreak(tools, 'cut', room.key, tip.head + 1)
        // The number of an entry that was cut is not given again: clients have it.
        await catchUp(room, tip.head < reached.head ? { ...reached, at: tip.at } : tip)
      }
      doubted.delete(room.key)
    }
  }

  /** How far a log reached that nobody has written to since the start, or not lately: the anchor knows. */
  function reachedBy(key: number): Pick<Tip, 'head' | 'link'> {
    if (published.get(key)) return noTip
    return movedRooms(tools).moved.get(key) ?? tipIn(movedRooms(tools).anchored?.get(key))
  }

  /** Publishes what is stored up to `tip` and was not published here; a room that is new here begins there. */
  async function catchUp(room: LogRoom, tip: Tip): Promise<void> {
    const known = published.get(room.key)
    if (!known) return void published.set(room.key, { ...tip, room })
    while (known.head < tip.head) {
      const limit = Math.min(repairPage, tip.head - known.head)
      const { entries, last } = await readEntryPage(tools, room, known.head, limit)
      if (last === known.head) return
      for (const entry of entries) {
        announceChange(room, entry)
        publish(room, entry)
      }
      known.head = Math.max(known.head, last)
    }
    // A tip read before the log was linked does not take the link away again.
    if (known.head === tip.head) known.link = tip.link ?? known.link
  }

  /** Who stored this could not announce it: the response of the database was lost, or it was another process. */
  function announceChange({ key }: LogRoom, { kind, member }: Entry): void {
    if (member) announce(tools, { what: 'member', room: key, user: member.id, gone: kind === 'member.left' })
    if (kind === 'room.updated') announce(tools, { what: 'room', room: key })
  }

  function begin(room: LogRoom, tip = noTip): void {
    const known = { ...tip, room }
    published.set(room.key, known)
    moved.set(room.key, known)
  }

  function publish(room: LogRoom, entry: Entry): void {
    const known = published.get(room.key)
    // Two calls may catch up at the same time, or one may reach an entry that is about to be published anyway.
    if (known && entry.seq <= known.head) return
    const tip: Tip = { head: entry.seq, at: entry.at, link: entry.link ?? null }
    if (known) moved.set(room.key, Object.assign(known, tip))
    else begin(room, tip)
    publishing = { to: 'room', room: room.key, seq: entry.seq, text: encodeEvent(room, entry) }
    try {
      tools.bus.publish(publishing)
    } finally {
      publishing = undefined
    }
  }

  /** A write may have succeeded without a response: read the log as soon as the database is available again. */
  function doubt(rooms: LogRoom[]): void {
    for (const room of rooms) if (published.get(room.key)) doubted.set(room.key, room)
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
    isPublishing: (note: Note): boolean => note === publishing,
    doubt,
    tipOf: (room: number): Tip => published.get(room) ?? noTip,
    /** The head was linked later than it was stored. */
    setLink: (room: number, { head, link }: Pick<Tip, 'head' | 'link'>): void => {
      const known = published.get(room)
      if (known?.head !== head) return
      known.link = link
      moved.set(room, known)
    },
    has: (room: number): boolean => published.get(room) !== undefined,
    inMemory: (): number => published.size,
    begin,
    close: (): void => {
      closed = true
      clearTimeout(timer)
    },
  }
}
