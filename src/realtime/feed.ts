import type { Change } from '../bus/bus.ts'
import type { Numbered, Ports, Room } from './ports.ts'

const mostRecent = 256
const mostRecentCharacters = 65_536
/** More than these are read from the log again. */
const mostEarly = 1000
/** The end of a log is read in one of these lengths. */
const tailLengths = [32, mostRecent]
const retryMs = 250

export type Feed = ReturnType<typeof createFeed>

export type FeedOptions = {
  deliver(text: string, seq: number): void
  onFailure(error: unknown): void
  /** Called before an event that another node has written is delivered. */
  apply(change: Change): void
  /** Resolves when what others write to the room arrives here. */
  listen(): Promise<void>
  /** While it is true, nothing is delivered; `repair` goes on. */
  isHeld(): boolean
  /** Called when the head is known: what is in memory about the room may be older. */
  opened(): void
}

/**
 * What this node has delivered of one room's log: strictly by `seq`, whatever the bus loses, repeats, reorders or makes up.
 * Events come from the writers of the nodes or from the log; any other note is only a hint to read the log. The
 * last events are kept, so that a replay from the database can be joined to what follows live in one tick.
 */
export function createFeed(
  ports: Pick<Ports, 'head' | 'replay' | 'missed' | 'committed'>,
  room: Room,
  options: FeedOptions,
) {
  const recent: Numbered[] = []
  let characters = 0
  let head = -1
  let repairing = false
  let stopped = false
  /** The log may have more than was read. */
  let hinted = false
  /** Events that arrived before their predecessors, or before the head was known. */
  let early = new Map<number, Numbered>()
  const waiting: { seq: number; resolve(): void }[] = []

  const opened = (async () => {
    await options.listen()
    const stored = await ports.head(room)
    head = stored
    options.opened()
    useEarly()
    if (early.size > 0 || hinted) void repair()
  })()

  /** An event that a node has committed. */
  function take(event: Numbered): void {
    const { seq } = event
    if (head >= 0 && seq <= head) return
    if (head < 0 || repairing || seq > head + 1 || options.isHeld()) {
      if (early.size < mostEarly) early.set(seq, event)
      else hinted = true
      if (head >= 0 && !repairing) void repair()
      return
    }
    accept(event)
  }

  /** Somebody says that the log reaches `seq`. Whether it does, and with what, is for the log to say. */
  function hint(seq: number): void {
    if (head >= 0 && seq <= head) return
    hinted = true
    void repair()
  }

  function accept({ seq, text, change }: Numbered): void {
    // A repair may finish after the last listener has left, when another feed of the room may be ahead.
    if (stopped) return
    // The person who loses the room by it does not get it.
    if (change) options.apply(change)
    head = seq
    options.deliver(text, seq)
    recent.push({ seq, text })
    characters += text.length
    while (recent.length > mostRecent || (characters > mostRecentCharacters && recent.length > 1)) {
      full = true
      characters -= recent.shift()!.text.length
    }
    for (let i = waiting.length - 1; i >= 0; i--)
      if (waiting[i]!.seq <= head) waiting.splice(i, 1)[0]!.resolve()
  }

  function useEarly(): void {
    if (options.isHeld()) return
    for (const [seq, event] of [...early].sort(([a], [b]) => a - b)) {
      if (seq <= head) early.delete(seq)
      else if (seq === head + 1) {
        early.delete(seq)
        accept(event)
      }
    }
  }

  /** Reads from the log what the bus did not bring, and repeats until nothing is missing. */
  async function repair(): Promise<void> {
    if (repairing || stopped || head < 0 || options.isHeld()) return
    repairing = true
    let failed = false
    try {
      let since = head
      for (let full = true; (full || hinted) && !stopped && !options.isHeld(); ) {
        hinted = false
        const page = await ports.missed(room, since)
        if (options.isHeld()) hinted = true
        // In order, and all that there is: a hole in what is stored must not silence the room.
        else for (const event of page.events) if (event.seq > head) accept(event)
        since = Math.max(head, page.last)
        full = page.full
      }
    } catch (error) {
      failed = true
      options.onFailure(error)
    }
    repairing = false
    useEarly()
    if (failed || (early.size > 0 && !options.isHeld())) setTimeout(() => void repair(), retryMs)
  }

  let remembering: Promise<void> | undefined
  /** Memory has as much of the end of the log as it may. */
  let full = false

  /**
   * Reads the events after `after` into memory, once for all who ask at the same time: then `since` serves everybody who has
   * missed no more. Does nothing if that is more than memory holds.
   */
  async function remember(after: number): Promise<void> {
    await remembering
    const length = tailLengths.find((most) => head - after <= most)
    if (full || after >= head || length === undefined || isRemembered(after)) return
    remembering ??= readTail(Math.max(0, head - length)).finally(() => {
      remembering = undefined
    })
    await remembering
  }

  const isRemembered = (after: number): boolean => recent.length > 0 && recent[0]!.seq <= after + 1

  async function readTail(after: number): Promise<void> {
    const before = recent[0]?.seq ?? head + 1
    const { events, broken } = await ports.replay(room, after, before - 1 - after)
    // Events that were delivered meanwhile may have pushed out those that these would adjoin.
    if (broken || stopped || (recent[0]?.seq ?? head + 1) !== before) return
    if (events.at(-1)?.seq !== before - 1) return
    let from = events.length
    while (from > 0 && recent.length + events.length - from < mostRecent) {
      const { length } = events[from - 1]!.text
      if (characters + length > mostRecentCharacters) break
      characters += length
      from--
    }
    full = from > 0
    recent.unshift(...events.slice(from))
  }

  return {
    room,
    opened,
    remember,
    take,
    hint,
    repair,
    /** The last seq delivered here. */
    head: (): number => head,
    /** The last seq that is known to be stored. */
    stored: (): number => Math.max(head, ports.committed(room)),
    /** The events with `after < seq ≤ head`; undefined if some of them are no longer in memory. */
    since(after: number): string[] | undefined {
      if (after >= head) return []
      const first = recent[0]?.seq
      if (first === undefined || first > after + 1) return undefined
      return recent.slice(after + 1 - first).map(({ text }) => text)
    },
    /** Resolves when everything up to `seq` has been delivered here. */
    async reached(seq: number): Promise<void> {
      if (head >= seq) return
      const timer = setTimeout(() => void repair(), retryMs)
      await new Promise<void>((resolve) => waiting.push({ seq, resolve }))
      clearTimeout(timer)
    },
    /** How many sockets listen or are about to. */
    holders: 0,
    stop: (): void => {
      stopped = true
      early = new Map()
    },
  }
}
