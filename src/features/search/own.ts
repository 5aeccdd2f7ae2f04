import type { Entry } from '../log/entry.ts'

/** What waits takes at most so much memory; what is more is read from the log again. */
const most = { entries: 10_000, characters: 4_000_000 }

/** `since`: when it was stored, in the time of `performance.now`. */
type Waiting = { entry: Entry; since: number }

/** The entries that this node has stored and the index does not have yet: they need not be read and opened again. */
export function createOwn() {
  const rooms = new Map<number, Waiting[]>()
  /** Rooms with later entries that are not here. */
  const short = new Set<number>()
  let entries = 0
  let characters = 0

  function remove(room: number, gone: Waiting[]): void {
    entries -= gone.length
    for (const { entry } of gone) characters -= entry.text?.length ?? 0
    if (rooms.get(room)?.length === 0) rooms.delete(room)
  }

  return {
    add(room: number, entry: Entry): void {
      const waiting = rooms.get(room)
      const length = entry.text?.length ?? 0
      const isFull = entries >= most.entries || characters + length > most.characters
      const isBehindHole = waiting !== undefined && waiting.at(-1)!.entry.seq + 1 !== entry.seq
      if (isFull || isBehindHole) return void short.add(room)
      const last = { entry, since: performance.now() }
      if (waiting) waiting.push(last)
      else rooms.set(room, [last])
      entries++
      characters += length
    },
    /** The next entries of a log behind `seq`; undefined if the next one is not here, and the log has to be read. */
    take(room: number, seq: number, limit: number): Entry[] | undefined {
      const waiting = rooms.get(room) ?? []
      const old = waiting.findIndex(({ entry }) => entry.seq > seq)
      remove(room, waiting.splice(0, old < 0 ? waiting.length : old))
      if (waiting[0]?.entry.seq !== seq + 1) {
        short.delete(room)
        return undefined
      }
      const taken = waiting.splice(0, limit)
      remove(room, taken)
      return taken.map(({ entry }) => entry)
    },
    /** Since when the next entry of a log waits, if it is here. */
    since: (room: number): number | undefined => rooms.get(room)?.[0]?.since,
    isShort: (room: number): boolean => short.has(room),
    drop(room: number): void {
      const waiting = rooms.get(room)
      if (waiting) remove(room, waiting.splice(0))
    },
  }
}

export type Own = ReturnType<typeof createOwn>
