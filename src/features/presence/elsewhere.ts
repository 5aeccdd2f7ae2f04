import type { PresenceDigest, PresenceDigests, Someone } from '../../bus/bus.ts'
import { announce, onChangeElsewhere, perServer } from '../../scope.ts'
import { hasOthers, tellEverythingSoon } from './digests.ts'
import { come, countUnnamed, forgetIfEmpty, go, presenceOf } from './merged.ts'
import { startTicking, ticks } from './ticks.ts'

const askMs = 1000

/** By id. */
type Names = Map<string, Someone>
/** What a node has sent of a room: who is online there, or only how many. */
type Heard = Names | number

type OtherNode = {
  rooms: Map<number, Heard>
  /** In how many rooms it names each person. */
  named: Map<string, number>
  /** The number of its last note; absent before the first. */
  no?: number
  /** Nothing that it has sent is missing. */
  complete: boolean
  /** The parts of everything that have come so far. */
  parts: PresenceDigest[][]
  goneAt?: number
}

/** What the other nodes have sent of the people who are online on them. */
const elsewhere = perServer((tools) => {
  const nodes = new Map<string, OtherNode>()
  /** Whom to ask for everything; `undefined` means every node. */
  const wanted = new Set<string | undefined>()
  let askedAt = Number.NEGATIVE_INFINITY

  onChangeElsewhere(tools, 'presence', (digests, node) => {
    // A late note of a node that is gone must not bring its people back.
    if (tools.bus.others().has(node)) hear(node, digests)
  })
  tools.bus.onGap(() => ask(undefined))
  tools.bus.onNode((node, alive) => {
    const known = nodes.get(node)
    if (!alive) {
      if (known) known.goneAt = performance.now()
      return startTicking(tools)
    }
    if (known) delete known.goneAt
    tellEverythingSoon(tools)
    ask(node)
  })
  ticks(tools).due.push((now) => {
    const { presenceReturnMs } = tools.policy
    for (const [name, { goneAt }] of nodes)
      if (goneAt !== undefined && now >= goneAt + presenceReturnMs) drop(name)
    askDue(now)
    return wanted.size > 0 || [...nodes.values()].some(({ goneAt }) => goneAt !== undefined)
  })
  if (hasOthers(tools)) ask(undefined)

  function ask(node: string | undefined): void {
    wanted.add(node)
    startTicking(tools)
  }

  function askDue(now: number): void {
    if (wanted.size === 0 || now < askedAt + askMs) return
    const all = wanted.has(undefined)
      ? [undefined]
      : [...wanted].filter((node) => !nodes.get(node!)?.complete)
    wanted.clear()
    if (all.length === 0 || !hasOthers(tools)) return
    askedAt = now
    for (const of of all) announce(tools, { what: 'presence wanted', ...(of === undefined ? {} : { of }) })
  }

  /** A note that came before is not heard again, nor is a late one: what it says may be true no more. */
  function hear(name: string, { no, rooms, part }: PresenceDigests): void {
    const known = nodes.get(name) ?? newNode()
    nodes.set(name, known)
    if (known.no !== undefined && no <= known.no) return
    if (no !== (known.no ?? 0) + 1) known.complete = false
    known.no = no
    if (part) takePart(known, rooms, part)
    else for (const digest of rooms) apply(known, digest)
    if (!known.complete && (!part || part.at === part.of)) ask(name)
  }

  /** Only the whole replaces what was known: otherwise everybody would be offline between its first note and its last. */
  function takePart(known: OtherNode, rooms: PresenceDigest[], { at, of }: { at: number; of: number }): void {
    if (at === 1) known.parts = []
    if (at !== known.parts.length + 1) return
    known.parts.push(rooms)
    if (at < of) return
    const digests = known.parts.flat()
    known.parts = []
    const present = new Set(digests.map(({ room }) => room))
    for (const room of [...known.rooms.keys()]) if (!present.has(room)) replace(known, room, new Map())
    for (const digest of digests) apply(known, digest)
    known.complete = true
  }

  function apply(known: OtherNode, digest: PresenceDigest): void {
    const { room } = digest
    if ('count' in digest) return replace(known, room, digest.count)
    if ('names' in digest) return replace(known, room, byId(digest.names))
    const before = known.rooms.get(room) ?? new Map()
    // It had too many to name, and the digest that named them again was lost: everything is asked for.
    if (typeof before === 'number') return
    const after = new Map(before)
    for (const id of digest.went) after.delete(id)
    for (const person of digest.came) after.set(person.id, person)
    replace(known, room, after)
  }

  function replace(known: OtherNode, room: number, after: Heard): void {
    const before = known.rooms.get(room) ?? new Map()
    if (isNone(after)) known.rooms.delete(room)
    else known.rooms.set(room, after)
    const presence = presenceOf(tools, room)
    const [left, now] = [namesIn(before), namesIn(after)]
    // Those who come first: the room is not empty in between.
    for (const person of now.values()) {
      if (left.has(person.id)) continue
      known.named.set(person.id, (known.named.get(person.id) ?? 0) + 1)
      come(tools, presence, person, 'elsewhere')
    }
    countUnnamed(tools, presence, countOf(after) - countOf(before))
    for (const id of left.keys()) {
      if (now.has(id)) continue
      const rooms = known.named.get(id)! - 1
      if (rooms === 0) known.named.delete(id)
      else known.named.set(id, rooms)
      go(tools, presence, id, 'elsewhere')
    }
    forgetIfEmpty(tools, presence)
  }

  function drop(name: string): void {
    const known = nodes.get(name)!
    nodes.delete(name)
    for (const room of [...known.rooms.keys()]) replace(known, room, new Map())
  }

  /** Whether somebody may be one of those whom a node does not name in this room: it names them in another. */
  function mayBeUnnamed(room: number, user: string): boolean {
    for (const { rooms, named } of nodes.values())
      if (typeof rooms.get(room) === 'number' && named.has(user)) return true
    return false
  }

  return { mayBeUnnamed }
})

export const openElsewhere = elsewhere

const newNode = (): OtherNode => ({ rooms: new Map(), named: new Map(), complete: false, parts: [] })

const byId = (people: Someone[]): Names => new Map(people.map((person) => [person.id, person]))

const namesIn = (sent: Heard): Names => (typeof sent === 'number' ? new Map() : sent)
const countOf = (sent: Heard): number => (typeof sent === 'number' ? sent : 0)
const isNone = (sent: Heard): boolean => (typeof sent === 'number' ? sent : sent.size) === 0
