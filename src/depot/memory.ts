import type { Depot } from './depot.ts'

/** For a database that is in memory too. */
export function createMemoryDepot(): Depot {
  const kept = new Map<string, Uint8Array>()
  return {
    shown: 'memory',
    async write(name, pieces) {
      const parts: Uint8Array[] = []
      for await (const piece of pieces) parts.push(Buffer.from(piece))
      kept.set(name, Buffer.concat(parts))
    },
    async open(name) {
      const bytes = kept.get(name)
      if (!bytes) return undefined
      return {
        bytes: bytes.length,
        read: async (from, length) => bytes.subarray(from, from + length),
        close: async () => {},
      }
    },
    remove: async (name) => void kept.delete(name),
    async *list() {
      yield* [...kept.keys()]
    },
    tidy: async () => {},
  }
}
