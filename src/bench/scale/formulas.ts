import type { PlacedRoom, Shape } from './shape.ts'

/** What docs/scaling.md says about each node, in numbers that no machine changes. */
export type Counts = {
  /** Rows of the log that this node stores. */
  rows: number
  /** Notes that this node sends to the bus. */
  notesSent: number
  /** Notes that this node gets from the bus. */
  notesReceived: number
  /** Events that sockets of this node get. */
  deliveries: number
}

/** The size of one event, as sockets get it. */
export type Size = { characters: number; quotes: number }

/** `{"to":"log","room":12,"seq":34,"text":"…"},`, and without the text. */
const aroundText = 42
const wakeUp = 32
/** What nodes say of themselves every 10 s, each. */
const otherNote = 70
/** `{"at":…,"notes":[…]}`, head and tag of the seal. */
const aroundBatch = 71
/** Sealed bytes travel as base64. */
const asBase64 = 4 / 3

/**
 * One row and one note for each message. Redis takes a note to the nodes where somebody listens to its room; Postgres to all,
 * and joins those of one room, so there it is `notesSent` that says how many there are.
 */
export function countsOf(
  { bus, listeners, messages }: Shape,
  rooms: PlacedRoom[],
  node: number,
  sentBy: (node: number) => number,
  nodes: number,
): Counts {
  const here = rooms.filter(({ nodes }) => nodes.includes(node))
  const written = rooms.filter(({ author }) => author === node).length * messages
  const others = Array.from({ length: nodes }, (_, each) => each).filter((each) => each !== node)
  return {
    rows: written,
    notesSent: bus === 'redis' ? written : sentBy(node),
    notesReceived:
      bus === 'redis'
        ? here.filter(({ author }) => author !== node).length * messages
        : others.reduce((sum, each) => sum + sentBy(each), 0),
    deliveries: here.length * messages * listeners,
  }
}

type Sent = { notesSent: number; allNotesSent: number; batchesSent: number }

export function bytesOf(bus: Shape['bus'], sent: Sent, { characters, quotes }: Size): number {
  const note = bus === 'redis' ? characters + quotes + aroundText : wakeUp
  const others = (sent.allNotesSent - sent.notesSent) * otherNote
  return asBase64 * (sent.notesSent * note + others + sent.batchesSent * aroundBatch)
}
