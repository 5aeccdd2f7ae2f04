import type { Bus, Note } from '../../src/bus/bus.ts'
import { createMemoryBus } from '../../src/bus/memory.ts'

/** What happens to a note between two nodes: call `pass` never, once, twice or later. */
export type Carry = (note: Note, pass: () => void) => void

/**
 * Buses of several nodes in this process, for tests of what nodes do with notes: each note is carried to every other node
 * by `carry`, whose default is a task later. `cut` loses all notes until `mend`, which then tells the gap.
 */
export function linkedBuses(count: number, link: { carry?: Carry } = {}) {
  let isCut = false
  const nodes = Array.from({ length: count }, () => {
    const own = createMemoryBus()
    const listeners: ((note: Note, node: string) => void)[] = []
    const gaps: (() => void)[] = []
    const arrivals: ((node: string, alive: boolean) => void)[] = []
    return { own, listeners, gaps, arrivals, open: true }
  })
  const isOpen = (name: string): boolean => nodes.some(({ own, open }) => open && own.node === name)
  const buses = nodes.map((node): Bus => {
    const rest = nodes.filter((one) => one !== node)
    return {
      ...node.own,
      publish(note) {
        node.own.publish(note)
        if (isCut || ('here' in note && note.here)) return
        const carry = link.carry ?? ((_, pass) => void setTimeout(pass))
        for (const other of rest)
          carry(note, () => {
            if (other.open) for (const listener of other.listeners) listener(note, node.own.node)
          })
      },
      subscribe(listener) {
        node.own.subscribe(listener)
        node.listeners.push(listener)
      },
      onGap: (listener) => void node.gaps.push(listener),
      others: () => new Set(rest.map(({ own }) => own.node).filter(isOpen)),
      onNode: (listener) => void node.arrivals.push(listener),
      isConnected: () => !isCut,
      async close() {
        node.open = false
        for (const { arrivals } of rest) for (const listener of arrivals) listener(node.own.node, false)
        await node.own.close()
      },
    }
  })
  const gap = (): void => {
    for (const { gaps } of nodes) for (const listener of gaps) listener()
  }
  return {
    buses,
    link,
    /** Says that notes may have been lost, as a bus does again and again while it is away. */
    gap,
    cut: (): void => {
      isCut = true
    },
    mend: (): void => {
      isCut = false
      gap()
    },
  }
}
