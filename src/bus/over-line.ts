// Longer than 300 lines: there is one connection and one state of it, which all of this reads and changes.
import { createBounded } from '../bounded.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Traces } from '../traces.ts'
import type { Bus, Note } from './bus.ts'
import type { Line, Link } from './line.ts'
import { createMemoryBus } from './memory.ts'
import { type Batch, createOutbox } from './outbox.ts'
import { createRoster, type Word } from './roster.ts'
import { createSeal, type Opened } from './seal.ts'
import { createTracedNotes } from './traced.ts'

/** How often a node says that it is alive, and whether its own words come back. */
const beatMs = 1000
/** So many beats without its own word: the connection is stuck. */
const stuckBeats = 2
const deadBeats = 5
/** A node that is alone says so more rarely. */
const aloneBeats = 5
const gapBeats = 5
const firstPauseMs = 50
const longestPauseMs = 2000
const welcomeMs = 2000
/** How often a stranger gets a reply, so that it hears of us too. */
const strangerMs = 1000
const warningMs = 60_000
const mostNodes = 1000

export type Options = {
  node: string
  /** 32 bytes that only nodes of this community have. */
  key: Uint8Array
  log: Log
  metrics: Metrics['bus']
  traces?: Traces
  /** Which community the database has, and which course of its events: what is of another is not read. */
  community(): Promise<string>
  /** How many other nodes there should be. */
  expected(): Promise<number>
}

/** Opens a bus over an engine, and waits until the other nodes know of this one. Rejects with a sentence. */
export async function openBusOver(line: Line, options: Options): Promise<Bus> {
  const { node, log, metrics } = options
  const here = createMemoryBus(node)
  const listeners: ((note: Note, node: string | undefined) => void)[] = []
  const gaps: (() => void)[] = []
  const rooms = new Set<number>()
  const counts = createBounded<string, number>(mostNodes)
  const seal = createSeal(options.key, await options.community(), node)
  let link: Link | undefined
  let closed = false
  /** Beats since a word of ours that has not come back. */
  let unheard: number | undefined
  let awayBeats = 0
  let isComingBack = false
  let beats = 0
  /** How often others have missed what this node published, and whether they have heard of the last time. */
  let losses = 0
  let isLossSaid = true
  let strangers = 0
  /** How many have received our first word, where the engine says it. */
  let receivers = 0
  let askedAt = Number.NEGATIVE_INFINITY
  let warnedAt = Number.NEGATIVE_INFINITY

  const roster = createRoster({
    onGap: gap,
    // It may have believed that it is alone.
    onNew: () => say('alive'),
  })
  const traced = options.traces && createTracedNotes(options.traces, line.place)
  const outbox = createOutbox({ line, seal, metrics, traced, link: () => link, onLoss: lose })

  function lose(): void {
    if (!isLossSaid) return
    losses++
    isLossSaid = false
  }

  function gap(): void {
    metrics.gaps.add()
    for (const listener of gaps) listener()
  }

  function say(what: Word['say']): Promise<unknown> {
    if (!link) return Promise.resolve()
    isLossSaid = true
    unheard ??= 0
    const word: Word = { say: what, at: Date.now(), losses }
    return link.send('nodes', seal.seal('word', JSON.stringify(word))).catch(lose)
  }

  function hear(text: string): void {
    if (closed) return
    if (seal.isOwn(text, 'notes')) return
    const from = traced ? performance.now() : 0
    metrics.bytesReceived.add(text.length)
    const opened = seal.open(text)
    if (!opened) return void meetStranger()
    if (opened.node === node) {
      unheard = undefined
      return
    }
    // One that comes late would be out of order, and one that comes again may be made up of an old one.
    if (opened.count <= (counts.get(opened.node) ?? 0)) return metrics.repeated.add()
    counts.set(opened.node, opened.count)
    if (opened.kind === 'notes') return deliver(opened, from)
    const word = JSON.parse(opened.text) as Word
    roster.hear(opened.node, word)
    if (word.say === 'hello') void say('alive')
  }

  function deliver({ node: from, text }: Opened, heardAt: number): void {
    const { at, notes } = JSON.parse(text) as Batch
    metrics.batchesReceived.add()
    metrics.lagSeconds.observe(Math.max(0, Date.now() - at) / 1000)
    roster.touch(from)
    for (const note of notes) {
      metrics.notesReceived.add(note.to)
      if (traced) traced.hear(note, heardAt, from, tell)
      else tell(note, from)
    }
  }

  function tell(note: Note, from: string | undefined): void {
    for (const listener of listeners) {
      try {
        listener(note, from)
      } catch (error) {
        log.error('a note of another node could not be handled', { what: note.to, error })
      }
    }
  }

  /** A note that does not open comes from another community, from another course of events of this one, or from a node with other secrets. */
  async function meetStranger(): Promise<void> {
    strangers++
    if (performance.now() - askedAt < strangerMs) return
    askedAt = performance.now()
    void say('alive')
    try {
      if (seal.move(await options.community())) {
        void say('hello')
        // Who said that the rooms have new epochs was not understood here.
        tell({ to: 'nodes', change: { what: 'epochs' } }, undefined)
        return gap()
      }
    } catch {
      // The database is away: asked again at the next one.
    }
    if (closed || performance.now() - warnedAt < warningMs) return
    warnedAt = performance.now()
    log.warn(
      'something on the bus does not open: it is of another community, or of a server with other secrets',
      {
        bus: line.place,
      },
    )
  }

  async function connect(): Promise<void> {
    let ended = false
    const opened = await line.open({
      hear,
      lost: (why) => {
        ended = true
        if (link === opened) leave(why)
      },
    })
    try {
      const listened = [...rooms]
      if (listened.length > 0) await opened.listen(listened)
      if (closed || ended) throw new Error(`${line.place} ended the connection at once.`)
      link = opened
      unheard = undefined
      roster.forgive()
      const late = [...rooms].filter((room) => !listened.includes(room))
      if (late.length > 0) await opened.listen(late)
      for (const room of listened) if (!rooms.has(room)) opened.ignore(room)
    } catch (error) {
      if (link === opened) link = undefined
      void opened.close().catch(() => {})
      throw error
    }
    receivers = Number(await say('hello')) || 0
  }

  function leave(why: string): void {
    const left = link
    if (!left || closed) return
    link = undefined
    // The first after a second.
    awayBeats = gapBeats - 1
    outbox.restart()
    log.warn('the bus is away: other nodes hear of messages from the log, and later', {
      bus: line.place,
      why,
    })
    void left.close().catch(() => {})
    void comeBack()
  }

  async function comeBack(): Promise<void> {
    if (isComingBack) return
    isComingBack = true
    for (let pauseMs = firstPauseMs; !closed && !link; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      await Bun.sleep(pauseMs * (0.5 + Math.random() / 2))
      if (closed) return
      await connect().catch((error) => log.debug('the bus is still away', { bus: line.place, error }))
    }
    isComingBack = false
    if (closed) return
    log.info('the bus is back', { bus: line.place })
    gap()
  }

  function beat(): void {
    beats++
    if (!link) {
      if (++awayBeats % gapBeats === 0) gap()
      return
    }
    if (unheard !== undefined && ++unheard >= deadBeats)
      return leave(`nothing came back for ${(deadBeats * beatMs) / 1000} s`)
    roster.beat()
    if (roster.others().size > 0 || beats % aloneBeats === 0) void say('alive')
  }

  /** Until the others have replied: from then on they send to this node too. */
  async function beWelcomed(): Promise<void> {
    const many = Math.max(await options.expected(), receivers - 1)
    const until = performance.now() + welcomeMs
    for (let nth = 1; roster.others().size < many && performance.now() < until; nth++) {
      await Bun.sleep(10)
      // A stranger replies only once a second.
      if (nth % 50 === 0) void say('hello')
    }
    const missing = many - roster.others().size
    if (missing <= 0) return
    if (strangers > 0 && roster.others().size === 0)
      throw new Error(
        `${line.place} is the bus of another community, or of servers with another SECRET_KEY: give all nodes of a ` +
          'community the same secrets and database, and each community a bus of its own.',
      )
    log.warn(
      'other servers use this database but do not reply on the bus: they need the same BUS_URL and SECRET_KEY',
      {
        bus: line.place,
        missing,
      },
    )
  }

  metrics.connected.from(() => Number(isConnected()))
  metrics.nodes.from(() => roster.others().size + 1)
  const isConnected = (): boolean => link !== undefined && (unheard ?? 0) < stuckBeats
  await connect()
  const timer = setInterval(beat, beatMs)
  timer.unref()

  const bus: Bus = {
    node,
    publish(note) {
      try {
        here.publish(note)
      } finally {
        if (closed || ('here' in note && note.here)) {
          // Nobody else hears of it.
        } else if (!link || roster.others().size === 0) lose()
        else outbox.add(note)
      }
    },
    subscribe(listener) {
      here.subscribe(listener)
      listeners.push(listener)
    },
    onGap: (listener) => void gaps.push(listener),
    async listen(room) {
      rooms.add(room)
      // Lost meanwhile: the room is listened to when the bus is back.
      await link?.listen([room]).catch(() => {})
    },
    ignore(room) {
      if (rooms.delete(room)) link?.ignore(room)
    },
    others: roster.others,
    onNode: roster.onNode,
    isConnected,
    async close() {
      if (closed) return
      outbox.flush()
      await Promise.race([say('bye'), Bun.sleep(beatMs)])
      closed = true
      clearInterval(timer)
      await link?.close().catch(() => {})
      link = undefined
      await here.close()
    },
  }
  try {
    await beWelcomed()
  } catch (error) {
    await bus.close()
    throw error
  }
  return bus
}
