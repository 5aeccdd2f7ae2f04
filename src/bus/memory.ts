import type { Bus, Note } from './bus.ts'

/** For one node. `publish` returns after every listener has run, so the code after a revocation can rely on it. */
export function createMemoryBus(): Bus {
  const listeners: ((note: Note) => void)[] = []
  return {
    publish(note) {
      for (const listener of listeners) listener(note)
    },
    subscribe(listener) {
      listeners.push(listener)
    },
    onGap() {},
    async close() {
      listeners.length = 0
    },
  }
}
