import type { Metrics } from '../metrics.ts'
import type { Note, PresenceDigest } from './bus.ts'
import type { Line, Link, Topic } from './line.ts'
import type { Seal } from './seal.ts'
import type { TracedNotes } from './traced.ts'

/** What waits or is on its way takes at most so much memory; what is more is lost. */
const mostCharacters = 16 << 20
/** One message has at most so much, and one note more. */
const mostTogether = 256 << 10
const perNote = 100
const perTrace = 70

export type Batch = { at: number; notes: Note[] }

type Options = {
  line: Line
  seal: Seal
  metrics: Metrics['bus']
  /** Undefined: there are no traces. */
  traced: TracedNotes | undefined
  link(): Link | undefined
  /** Notes were lost on their way out. */
  onLoss(): void
}

/** Joins the notes of this node, seals them and sends them: nobody waits for it, and it never throws. */
export function createOutbox({ line, seal, metrics, traced, link, onLoss }: Options) {
  let waiting: Note[] = []
  let since = 0
  let characters = 0
  let underWay = 0
  let charactersUnderWay = 0
  /** Grows when a link is lost, with what was on its way there. */
  let links = 0
  let cancel: (() => void) | undefined

  function add(note: Note): void {
    const isTraced = traced && note.to === 'log' && note.traces !== undefined
    const short = line.shorten(isTraced ? traced.waits(note) : note)
    characters += sizeOf(short)
    if (characters + charactersUnderWay > mostCharacters) return drop()
    if (waiting.push(short) === 1) since = Date.now()
    schedule()
  }

  function schedule(): void {
    if (cancel || underWay >= line.mostUnderWay) return
    if (line.joinMs === undefined) {
      const turn = setImmediate(flush)
      cancel = () => clearImmediate(turn)
    } else {
      const timer = setTimeout(flush, line.joinMs)
      cancel = () => clearTimeout(timer)
    }
  }

  function flush(): void {
    cancel?.()
    cancel = undefined
    const notes = waiting
    const at = since
    waiting = []
    characters = 0
    if (notes.length === 0) return
    const open = link()
    if (!open) return lose()
    const left = traced?.leaving()
    const sent: Promise<unknown>[] = []
    for (const [topic, some] of inOrder(line.join(notes)))
      for (const together of cut(some)) {
        const under = send(open, topic, { at, notes: together })
        if (left) sent.push(under)
      }
    if (left) void Promise.all(sent).then(() => left())
  }

  /** By topic, but nothing changes places with what is for all nodes. */
  function* inOrder(notes: Note[]): Generator<[Topic, Note[]]> {
    const found = new Map<Topic, Note[]>()
    for (const note of notes) {
      const topic = line.topicOf(note)
      const some = found.get(topic)
      if (some) some.push(note)
      else {
        if (topic === 'nodes' || found.has('nodes')) {
          yield* found
          found.clear()
        }
        found.set(topic, [note])
      }
    }
    yield* found
  }

  function send(open: Link, topic: Topic, batch: Batch): Promise<unknown> {
    const text = seal.seal('notes', JSON.stringify(batch))
    for (const note of batch.notes) metrics.notesSent.add(note.to)
    metrics.batchesSent.add()
    metrics.bytesSent.add(text.length)
    underWay++
    charactersUnderWay += text.length
    const own = links
    const end = () => {
      if (own !== links) return
      underWay--
      charactersUnderWay -= text.length
      if (waiting.length > 0) schedule()
    }
    return open.send(topic, text).then(end, () => {
      end()
      onLoss()
    })
  }

  /** Nothing of what waits leaves any more. */
  function drop(): void {
    waiting = []
    characters = 0
    lose()
  }

  function lose(): void {
    traced?.leaving()('it was lost')
    onLoss()
  }

  return {
    add,
    /** What waits leaves now. */
    flush,
    /** The link is lost, with what was on its way. */
    restart: (): void => {
      links++
      underWay = 0
      charactersUnderWay = 0
      drop()
    },
  }
}

/** In characters, about: to encode a note only to measure it would cost as much as to send it. */
function sizeOf(note: Note): number {
  if (note.to !== 'nodes') {
    const traces = 'traces' in note ? (note.traces?.length ?? 0) * perTrace : 0
    return perNote + (note.text?.length ?? 0) + traces
  }
  const { change } = note
  if (change.what === 'spent') return perNote * (1 + change.spent.length)
  if (change.what !== 'presence') return perNote
  return change.rooms.reduce((sum, digest) => sum + perNote * (1 + countIn(digest)), perNote)
}

function countIn(digest: PresenceDigest): number {
  if ('names' in digest) return digest.names.length
  return 'came' in digest ? digest.came.length + digest.went.length : 0
}

/** In pieces that are sealed at once. */
function* cut(notes: Note[]): Generator<Note[]> {
  let some: Note[] = []
  let length = 0
  for (const note of notes) {
    const size = sizeOf(note)
    if (some.length > 0 && length + size > mostTogether) {
      yield some
      some = []
      length = 0
    }
    some.push(note)
    length += size
  }
  if (some.length > 0) yield some
}
