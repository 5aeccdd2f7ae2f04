import { createBounded } from '../../bounded.ts'
import type { Note, Traced } from '../../bus/bus.ts'
import { announce, applyChange, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { reportBreak } from './breaks.ts'
import { tipIn } from './compare-anchor.ts'
import { type Entry, type LogRoom, noTip, type Tip } from './entry.ts'
import { movedRooms } from './moved.ts'
import { encodeEvent } from './present.ts'
import { changeOf, readEntryPage } from './replay.ts'
import { readTips } from './store.ts'

/** A room that is forgotten costs a query when it is written to again. */
const mostRooms = 100_000
const repairPage = 500
const retryMs = 500

const none: ReadonlySet<number> = new Set()

export type Heads = ReturnType<typeof createHeads>

/**
 * The last `seq` that this node has published, of the rooms that were written to last. Events are published strictly by `seq`: an entry that is
 * stored but was not published here (another node wrote it, or the response of the database was lost) is read from the
 * log and published first.
 */
export function createHeads(tools: Tools) {
  const published = createBounded<number, Tip & { room: LogRoom; rights: number }>(mostRooms)
  const { moved } = movedRooms(tools)
  const doubted = new Map<number, LogRoom>()
  /** Another node has written to these, so that the next place is taken. */
  const behind = new Set<number>()
  /** Counts what others have written that may have taken a right away from somebody. */
  let rights = 0
  let publishing: Note | undefined
  const listeners: ((room: number, entry: Entry) => void)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  tools.bus.subscribe((note, node) => {
    if (note.to !== 'log' || node === tools.bus.node) return
    const known = published.get(note.room)
    if (known && note.seq > known.head) behind.add(note.room)
  })

  /**
   * Loads the heads of these rooms. With `again`, also of those it knows, and publishes the events it has missed. Returns
   * the rooms that were not known here: what is in memory about them may be older than their heads.
   */
  async function load(rooms: LogRoom[], { again }: { again: boolean }): Promise<ReadonlySet<number>> {
    const asked = rooms.filter(
      ({ key }) => again || !published.get(key) || doubted.has(key) || behind.has(key),
    )
    if (asked.length === 0) return none
    const before = asked.map(({ key }) => published.get(key)?.head)
    // A note that comes during the question says more than the answer.
    for (const { key } of asked) behind.delete(key)
    const jumped = new Set<number>()
    const stored = await readTips(
      tools.sql,
      asked.map(({ key }) => key),
    )
    for (const [index, room] of asked.entries()) {
      const tip = stored.get(room.key)
      if (tip === undefined) published.delete(room.key)
      else {
        const reached = reachedBy(room.key)
        if (tip.head < Math.max(before[index] ?? 0, reached.head))
          reportBreak(tools, 'cut', room.key, tip.head + 1)
        // The number of an entry that was cut is not given again: clients have it.
        if (jump(room, tip)) jumped.add(room.key)
        else await catchUp(room, tip.head < reached.head ? { ...reached, at: tip.at } : tip)
      }
      doubted.delete(room.key)
    }
    const begun = asked.filter(({ key }, index) => before[index] === undefined || jumped.has(key))
    return new Set(begun.map(({ key }) => key))
  }

  /**
   * Others have written more than a page since this node wrote here: it begins again at the end, and the feed of the room reads
   * what it has not had. To publish it all would keep everybody waiting who writes in these rooms.
   */
  function jump(room: LogRoom, tip: Tip): boolean {
    const known = published.get(room.key)
    if (!known || doubted.has(room.key) || tip.head - known.head <= repairPage) return false
    moved.set(room.key, Object.assign(known, tip, { rights: ++rights }))
    tools.bus.publish({ to: 'log', room: room.key, seq: tip.head, here: true })
    return true
  }

  /** How far a log reached that nobody has written to since the start, or not lately: the anchor knows. */
  function reachedBy(key: number): Pick<Tip, 'head' | 'link'> {
    if (published.get(key)) return noTip
    return movedRooms(tools).moved.get(key) ?? tipIn(movedRooms(tools).anchored?.get(key))
  }

  /**
   * Publishes what is stored up to `tip` and was not published here; a room that is new here begins there. `sql`: of the
   * transaction that it is called in.
   */
  async function catchUp(room: LogRoom, tip: Tip, sql: Sql = tools.sql): Promise<void> {
    const known = published.get(room.key)
    if (!known) return void published.set(room.key, { ...tip, room, rights: ++rights })
    while (known.head < tip.head) {
      const limit = Math.min(repairPage, tip.head - known.head)
      const { entries, last } = await readEntryPage(tools, room, known.head, limit, sql)
      if (last === known.head) return
      // The node that stored it publishes it to the other nodes, unless that was this node and the response was lost.
      const isOwn = doubted.has(room.key)
      for (const entry of entries) {
        if (entry.seq <= known.head) continue
        const change = changeOf(room, entry)
        if (change && isOwn) announce(tools, change)
        else if (change) applyChange(tools, change)
        if (change && entry.kind !== 'member.joined') known.rights = ++rights
        publish(room, entry, isOwn ? {} : { here: true })
      }
      known.head = Math.max(known.head, last)
    }
    // A tip read before the log was linked does not take the link away again.
    if (known.head === tip.head) known.link = tip.link ?? known.link
  }

  function begin(room: LogRoom, tip = noTip): void {
    const known = { ...tip, room, rights: ++rights }
    published.set(room.key, known)
    moved.set(room.key, known)
  }

  function publish(room: LogRoom, entry: Entry, only: { here?: true; traces?: Traced[] } = {}): void {
    const known = published.get(room.key)
    // Two calls may catch up at the same time, or one may reach an entry that is about to be published anyway.
    if (known && entry.seq <= known.head) return
    const tip: Tip = { head: entry.seq, at: entry.at, link: entry.link ?? null }
    if (known) moved.set(room.key, Object.assign(known, tip))
    else begin(room, tip)
    const { kind, member } = entry
    const left = kind === 'member.left' && member ? { left: member.id } : {}
    publishing = {
      to: 'log',
      room: room.key,
      seq: entry.seq,
      text: encodeEvent(room, entry),
      ...left,
      ...only,
    }
    try {
      tools.bus.publish(publishing)
    } finally {
      publishing = undefined
    }
    if (!only.here) for (const listener of listeners) listener(room.key, entry)
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
    /** `listener` gets each entry that this node has stored, in the order of its log, as soon as it was sent to everybody. */
    onOwn: (listener: (room: number, entry: Entry) => void): void => void listeners.push(listener),
    doubt,
    tipOf: (room: number): Tip => published.get(room) ?? noTip,
    /** The head was linked later than it was stored. */
    setLink: (room: number, { head, link }: Pick<Tip, 'head' | 'link'>): void => {
      const known = published.get(room)
      if (known?.head !== head) return
      known.link = link
      moved.set(room, known)
    },
    /** Another number if somebody may have lost a right, in any room or in this one, by what other nodes have written. */
    rights: (): number => rights,
    rightsIn: (room: number): number | undefined => published.get(room)?.rights,
    has: (room: number): boolean => published.get(room) !== undefined,
    inMemory: (): number => published.size,
    begin,
    close: (): void => {
      closed = true
      clearTimeout(timer)
    },
  }
}
