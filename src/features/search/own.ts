import type { Entry } from '../log/entry.ts'

/** What waits takes at most so much memory; what is more is read from the log again. */
const most = { entries: 10_000, characters: 4_000_000 }

/** The entries that this node has stored and the index does not have yet: they need not be read and opened again. */
export function createOwn() {
  const rooms = new Map<number, Entry[]>()
  /** Rooms with later entries that are not here. */
  const short = new Set<number>()
  let entries = 0
  let characters = 0

  function remove(room: number, gone: Entry[]): void {
    entries -= gone.length
    for (const { text } of gone) characters -= text?.length ?? 0
    if (rooms.get(room)?.length === 0) rooms.delete(room)
  }

  return {
    add(room: number, entry: Entry): void {
      const waiting = rooms.get(room)
      const length = entry.text?.length ?? 0
      const isFull = entries >= most.entries || characters + length > most.characters
      const isBehindHole = waiting !== undefined && waiting.at(-1)!.seq + 1 !== entry.seq
      if (isFull || isBehindHole) return void short.add(room)
      if (waiting) waiting.push(entry)
      else rooms.set(room, [entry])
      entries++
      characters += length
    },
    /** The next entries of a log behind `seq`; undefined if the next one is not here, and the log has to be read. */
    take(room: number, seq: number, limit: number): Entry[] | undefined {
      const waiting = rooms.get(room) ?? []
      const old = waiting.findIndex((entry) => entry.seq > seq)
      remove(room, waiting.splice(0, old < 0 ? waiting.length : old))
      if (waiting[0]?.seq !== seq + 1) {
        short.delete(room)
        return undefined
      }
      const taken = waiting.splice(0, limit)
      remove(room, taken)
      return taken
    },
    isShort: (room: number): boolean => short.has(room),
    drop(room: number): void {
      const waiting = rooms.get(room)
      if (waiting) remove(room, waiting.splice(0))
    },
  }
}

export type Own = ReturnType<typeof createOwn>
