/** What a node says about itself. `losses` grows when it has lost notes to others, or had nobody to send them to. */
export type Word = { say: 'hello' | 'alive' | 'bye'; at: number; losses: number }

/** So many beats without a sign of a node: it is gone. Beats and not time, because this process may have been stopped itself. */
const goneBeats = 20

type Seen = { silent: number; losses: number }
type Options = {
  /** A node has lost notes that were for this one too. */
  onGap(): void
  onNew(): void
}

/** The other nodes that are alive, by what they say. */
export function createRoster({ onGap, onNew }: Options) {
  const seen = new Map<string, Seen>()
  const listeners: ((node: string, alive: boolean) => void)[] = []
  let others: ReadonlySet<string> = new Set()

  function changed(node: string, alive: boolean): void {
    others = new Set(seen.keys())
    for (const listener of listeners) listener(node, alive)
  }

  function remove(node: string): void {
    if (seen.delete(node)) changed(node, false)
  }

  return {
    hear(node: string, { say, losses }: Word): void {
      if (say === 'bye') return remove(node)
      const known = seen.get(node)
      seen.set(node, { silent: 0, losses })
      if (!known) {
        changed(node, true)
        onNew()
      }
      if (losses > (known?.losses ?? 0)) onGap()
    },
    touch(node: string): void {
      const known = seen.get(node)
      if (known) known.silent = 0
    },
    beat(): void {
      for (const [node, known] of seen) if (++known.silent > goneBeats) remove(node)
    },
    /** This node was away itself: everybody has their full time again. */
    forgive(): void {
      for (const known of seen.values()) known.silent = 0
    },
    others: (): ReadonlySet<string> => others,
    onNode: (listener: (node: string, alive: boolean) => void): void => void listeners.push(listener),
  }
}
