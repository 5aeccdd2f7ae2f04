import type { Bus, Note } from './bus.ts'

/** One node: a note is heard before `publish` returns, so that what follows a revocation already sees it. */
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
