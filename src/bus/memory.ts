import type { Bus, Note } from './bus.ts'

/** For one node. */
export function createMemoryBus(node: string = crypto.randomUUID()): Bus {
  const listeners: ((note: Note, node: string | undefined) => void)[] = []
  return {
    node,
    publish(note) {
      for (const listener of listeners) listener(note, node)
    },
    subscribe(listener) {
      listeners.push(listener)
    },
    onGap() {},
    async listen() {},
    ignore() {},
    others: () => new Set(),
    onNode() {},
    isConnected: () => true,
    async close() {
      listeners.length = 0
    },
  }
}
