import type { PresenceDigest, Someone } from '../../bus/bus.ts'
import { announce, onChangeElsewhere, perServer, type Tools } from '../../scope.ts'
import { mostNamed, noteChange } from './changes.ts'
import { forgetIfEmpty, type Presence, presences } from './merged.ts'
import { startTicking, ticks } from './ticks.ts'

/** At most one digest in this time for each room, and everything at most once in it. */
const quietMs = 1000
/** How many rooms and names one note has, at most a little more: a bus carries small notes best. */
const mostInNote = 100
/** A node that has nothing to tell says so: so that a node that missed its last digest notices. */
const numberMs = 10_000

/**
 * What this node tells the others of the people who are online on it: of each room one digest a second at most, those of
 * many rooms in one note. Nothing is sent, or remembered to be sent, while there is no other node.
 */
const telling = perServer((tools) => {
  const state = {
    /** The number of the last note. */
    no: 0,
    everythingAt: Number.NEGATIVE_INFINITY,
    everythingWanted: false,
  }
  ticks(tools).due.push((now) => tellDue(tools, now))
  onChangeElsewhere(tools, 'presence wanted', ({ of }) => {
    if (of === undefined || of === tools.bus.node) tellEverythingSoon(tools)
  })
  const timer = setInterval(() => {
    if (ticks(tools).stopped) clearInterval(timer)
    else if (hasOthers(tools)) tell(tools, [[]])
  }, numberMs)
  timer.unref()
  return state
})

export const openDigests = (tools: Tools): unknown => telling(tools)

export const hasOthers = ({ bus }: Tools): boolean => bus.others().size > 0

/** Somebody has come to this node or gone from it. */
export function tellSoon(
  tools: Tools,
  presence: Presence,
  person: Someone,
  status: 'online' | 'offline',
): void {
  if (!hasOthers(tools)) return
  noteChange(presence.sent, person, status)
  presences(tools).unsent.add(presence)
  startTicking(tools)
}

/** Another node has nothing of this one yet, or has missed something. */
export function tellEverythingSoon(tools: Tools): void {
  telling(tools).everythingWanted = true
  startTicking(tools)
}

function tellDue(tools: Tools, now: number): boolean {
  const state = telling(tools)
  const { unsent } = presences(tools)
  if (state.everythingWanted && now >= state.everythingAt + quietMs) tellEverything(tools, now)
  const digests: PresenceDigest[] = []
  for (const presence of unsent) {
    if (now < presence.sent.at + quietMs) continue
    const digest = digestOf(presence, now)
    if (digest) digests.push(digest)
    unsent.delete(presence)
    forgetIfEmpty(tools, presence)
  }
  if (digests.length > 0 && hasOthers(tools)) tell(tools, notesOf(digests))
  return unsent.size > 0 || state.everythingWanted
}

function tellEverything(tools: Tools, now: number): void {
  Object.assign(telling(tools), { everythingWanted: false, everythingAt: now })
  const { rooms, unsent } = presences(tools)
  const digests: PresenceDigest[] = []
  for (const presence of [...rooms.values()]) {
    presence.sent.named = false
    if (presence.here > 0) digests.push(digestOf(presence, now)!)
    presence.sent.came.clear()
    presence.sent.went.clear()
    if (unsent.delete(presence)) forgetIfEmpty(tools, presence)
  }
  if (hasOthers(tools)) tell(tools, notesOf(digests), { everything: true })
}

function digestOf(presence: Presence, now: number): PresenceDigest | undefined {
  const { key: room, sent, here } = presence
  const { named, came, went } = sent
  const changes = { room, came: [...came.values()].map(someone), went: [...went.keys()] }
  came.clear()
  went.clear()
  if (named && changes.came.length + changes.went.length === 0) return undefined
  Object.assign(sent, { at: now, named: here <= mostNamed })
  if (here > mostNamed) return { room, count: here }
  return named ? changes : { room, names: namesHere(presence) }
}

const namesHere = ({ people }: Presence): Someone[] =>
  [...people.values()].filter(({ here }) => here).map(({ person }) => someone(person))

const someone = ({ id, username }: Someone): Someone => ({ id, username })

function notesOf(digests: PresenceDigest[]): PresenceDigest[][] {
  const notes: PresenceDigest[][] = [[]]
  let size = 0
  for (const digest of digests) {
    if (size >= mostInNote) {
      notes.push([])
      size = 0
    }
    notes.at(-1)!.push(digest)
    size += 1 + sizeOf(digest)
  }
  return notes
}

function sizeOf(digest: PresenceDigest): number {
  if ('names' in digest) return digest.names.length
  return 'came' in digest ? digest.came.length + digest.went.length : 0
}

function tell(tools: Tools, notes: PresenceDigest[][], { everything = false } = {}): void {
  const state = telling(tools)
  for (const [index, rooms] of notes.entries()) {
    const part = everything ? { part: { at: index + 1, of: notes.length } } : {}
    announce(tools, { what: 'presence', no: ++state.no, rooms, ...part })
  }
}
