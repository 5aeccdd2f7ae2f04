import { createBounded } from '../../bounded.ts'
import { Tampered } from '../../crypto/messages.ts'
import { perServer, type Tools } from '../../scope.ts'
import { type Entry, isMark } from '../log/entry.ts'
import { placeIn } from '../log/seal.ts'
import { currentText } from '../messages/standing.ts'
import { hasLink, marks, searchKeys } from './keys.ts'
import type { Own } from './own.ts'
import {
  createPositions,
  type IndexedRow,
  listFilling,
  type Position,
  readChanged,
  readPositions,
  readTexts,
  readUnfilled,
  type Step,
  storeWords,
  type Words,
} from './store.ts'

/** Entries that one step reads: the embedded database does nothing else meanwhile. */
const entriesAtOnce = { postgres: 500, embedded: 200 }
const roomsFilledAtOnce = 20
/** Texts that are read in one turn of the event loop: less than a millisecond. */
const textsAtOnce = 25

/** How far the words of each log are, as this node knows it: another one may have gone on, which `storeWords` notices. */
const reached = perServer(() => createBounded<number, Position>(20_000))

/**
 * Looks at the next entries of these logs: at those in `own`, or reads them. Returns the rooms that have more, or that another node works on.
 */
export async function follow(tools: Tools, own: Own, rooms: number[]): Promise<number[]> {
  const { ids } = searchKeys(tools)
  const known = (await positionsOf(tools, rooms)).filter(({ keyId }) => ids.includes(keyId))
  // A node that starts has a newer key than this one: what this one would write could not be found later.
  if (known.length === 0) return []
  const each = Math.max(1, Math.floor(entriesAtOnce[tools.sql.kind] / known.length))
  const changed: Changed[] = []
  const unread: Position[] = []
  for (const position of known) {
    const entries = own.take(position.roomKey, position.seq, each)
    if (entries) changed.push(...entries.map((entry) => changeBy(position.roomKey, entry)))
    else unread.push(position)
  }
  if (unread.length > 0) changed.push(...(await readChanged(tools.sql, unread, each)))
  const byRoom = Map.groupBy(changed, ({ roomKey }) => roomKey)
  const steps = known.flatMap((from): Step[] => {
    const entries = byRoom.get(from.roomKey)
    return entries ? [{ ...moved(from), seq: entries.at(-1)!.seq }] : []
  })
  const done = await store(tools, steps, changed)
  for (const { from, seq } of steps) {
    if (done.has(from.roomKey)) reached(tools).set(from.roomKey, { ...from, seq })
    else {
      reached(tools).delete(from.roomKey)
      own.drop(from.roomKey)
    }
  }
  const isDone = (room: number): boolean =>
    done.has(room) && byRoom.get(room)!.length < each && !own.isShort(room)
  return steps.filter(({ from: { roomKey } }) => !isDone(roomKey)).map(({ from }) => from.roomKey)
}

async function positionsOf(tools: Tools, rooms: number[]): Promise<Position[]> {
  const known = rooms.flatMap((room) => reached(tools).get(room) ?? [])
  const have = new Set(known.map(({ roomKey }) => roomKey))
  const unknown = rooms.filter((room) => !have.has(room))
  if (unknown.length === 0) return known
  let positions = await readPositions(tools.sql, unknown)
  if (positions.length < unknown.length) {
    await createPositions(tools.sql, searchKeys(tools).currentId, unknown)
    positions = await readPositions(tools.sql, unknown)
  }
  return [...known, ...positions]
}

/** An entry, and the message that it creates or changes. `entry`: the message as it was sent, which need not be read. */
type Changed = { roomKey: number; seq: number; message: number | null; entry?: Entry }

function changeBy(roomKey: number, entry: Entry): Changed {
  const { kind, seq, target, deletedAt, damaged } = entry
  if (kind !== 'message.created') return { roomKey, seq, message: isMark(kind) ? target! : null }
  return { roomKey, seq, message: seq, ...(deletedAt || damaged ? {} : { entry }) }
}

/** Fills in some of what is old. Returns how many entries it went back over; undefined if there is nothing to fill. */
export async function fillSome(tools: Tools): Promise<number | undefined> {
  const { ids } = searchKeys(tools)
  const positions = await listFilling(tools.sql, ids, roomsFilledAtOnce)
  if (positions.length === 0) return undefined
  const each = Math.floor(entriesAtOnce[tools.sql.kind] / positions.length)
  const found = await readUnfilled(tools.sql, positions, each)
  const byRoom = Map.groupBy(found, ({ roomKey }) => roomKey)
  const steps = positions.map((from): Step => {
    const messages = byRoom.get(from.roomKey) ?? []
    const filling = messages.length < each ? 0 : messages.at(-1)!.seq - 1
    return { ...moved(from), filling }
  })
  const done = await store(
    tools,
    steps,
    found.map(({ roomKey, seq }) => ({ roomKey, seq, message: seq })),
  )
  for (const { from } of steps) reached(tools).delete(from.roomKey)
  return steps
    .filter(({ from }) => done.has(from.roomKey))
    .reduce((sum, { from, filling }) => sum + from.filling - filling, 0)
}

const moved = (from: Position): Step => ({ from, seq: from.seq, filling: from.filling })

async function store(tools: Tools, steps: Step[], changed: Changed[]): Promise<Set<number>> {
  if (steps.length === 0) return new Set()
  const messages = new Map<string, { roomKey: number; seq: number; entry: Entry | undefined }>()
  for (const { roomKey, message, entry } of changed) {
    if (message === null) continue
    // One that was changed since is read as it is now.
    messages.set(`${roomKey} ${message}`, { roomKey, seq: message, entry })
  }
  const all = [...messages.values()]
  const unread = all.filter(({ entry }) => !entry)
  const texts = unread.length === 0 ? [] : await readTexts(tools.sql, unread)
  const words: Words[] = []
  const gone: { roomKey: number; seq: number }[] = []
  const pause = createPauses()
  for (const { roomKey, entry } of all) {
    if (!entry) continue
    await pause()
    const { seq, at } = entry
    words.push({ roomKey, seq, at, editedSeq: null, hashes: hashesOfEntry(tools, entry) })
  }
  for (const row of texts) {
    await pause()
    const hashes = hashesOfRow(tools, row)
    if (hashes === undefined) gone.push(row)
    else words.push({ roomKey: row.roomKey, seq: row.seq, at: row.at, editedSeq: row.editedSeq, hashes })
  }
  const done = await storeWords(tools.sql, steps, words, gone)
  tools.metrics.search.indexed.add(words.length)
  return done
}

/** Gives the event loop, which has sockets to serve, a turn after some texts. */
function createPauses(): () => Promise<void> | undefined {
  let texts = 0
  return () => (++texts % textsAtOnce === 0 ? new Promise(setImmediate) : undefined)
}

/** Undefined for a message without a text: it was deleted, or does not open, which its reader hears of. */
function hashesOfRow(tools: Tools, row: IndexedRow): Set<number> | undefined {
  if (row.deletedAt) return undefined
  const [facts, body] = currentText(row.roomKey, row)
  if (body === null) return undefined
  try {
    const text = searchKeys(tools).cipher.open(body, placeIn(body, facts))
    return hashesOf(tools, text, row.authorId, {
      pin: row.pinnedAt !== null,
      file: row.detail?.files !== undefined,
    })
  } catch (error) {
    if (error instanceof Tampered) return undefined
    throw error
  }
}

const hashesOfEntry = (tools: Tools, { text = '', actor, detail }: Entry): Set<number> =>
  hashesOf(tools, text, actor.id, { pin: false, file: detail?.files !== undefined })

function hashesOf(
  tools: Tools,
  text: string,
  authorId: string,
  { pin, file }: { pin: boolean; file: boolean },
): Set<number> {
  const own = [marks.author(authorId)]
  if (hasLink(text)) own.push(marks.link)
  if (pin) own.push(marks.pin)
  if (file) own.push(marks.file)
  return searchKeys(tools).hashesIn(text, own)
}
