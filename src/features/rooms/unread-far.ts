import type { Sql } from '../../storage/storage.ts'
import { countUnread, type Mark, type Part, readMessages } from './greeting-store.ts'
import { nobody } from './unread.ts'
import { mostUnread } from './unread-after.ts'

type Counted = { unread: number; head: number }

/** For fewer marks the database counts, and need not send what it counts. */
const several = 4
const mostCounts = 50
/** So that one statement does not read too much. */
const longestPart = 2000

/**
 * What is unread after marks that are too far behind for the memory, and the head of the room at the same moment. After a weekend
 * these are the marks of everybody in the largest rooms: what comes after them is then read once for all.
 */
export async function countFar(
  sql: Sql,
  marks: readonly Mark[],
  blockedBy: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Counted[]> {
  const counted = new Map<Mark, Counted>()
  const alone: Mark[] = []
  for (const { part, some } of partsOf(marks)) {
    if (some.length < several) alone.push(...some)
    else for (const [mark, each] of await countTogether(sql, part, some, blockedBy)) counted.set(mark, each)
  }
  for (let at = 0; at < alone.length; at += mostCounts) {
    const some = alone.slice(at, at + mostCounts)
    for (const [index, each] of (await countUnread(sql, some)).entries()) counted.set(some[index]!, each)
  }
  return marks.map((mark) => counted.get(mark)!)
}

/** `marks`: in the order of their places. */
async function countTogether(
  sql: Sql,
  part: Part,
  marks: Mark[],
  blockedBy: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<[Mark, Counted][]> {
  const { head, ...read } = await readMessages(sql, part)
  const seqs = read.seqs ?? []
  const authors = read.authors ?? []
  let first = 0
  return marks.map((mark) => {
    const blocked = blockedBy.get(mark.userId) ?? nobody
    while (seqs[first]! <= mark.readSeq) first++
    let unread = 0
    for (let at = first; seqs[at]! <= mark.readSeq + mostUnread; at++)
      if (authors[at] !== mark.userId && !blocked.has(authors[at]!)) unread++
    return [mark, { unread, head }]
  })
}

/** The parts of the log in which these marks count. Parts that overlap are one, unless it gets too long. */
function partsOf(marks: readonly Mark[]): { part: Part; some: Mark[] }[] {
  const parts: { part: Part; some: Mark[] }[] = []
  const inOrder = (one: Mark, other: Mark) => one.roomKey - other.roomKey || one.readSeq - other.readSeq
  for (const mark of marks.toSorted(inOrder)) {
    const last = parts.at(-1)
    const upTo = mark.readSeq + mostUnread
    if (
      last &&
      last.part.roomKey === mark.roomKey &&
      mark.readSeq <= last.part.upTo &&
      upTo - last.part.after <= longestPart
    ) {
      last.part.upTo = upTo
      last.some.push(mark)
    } else parts.push({ part: { roomKey: mark.roomKey, after: mark.readSeq, upTo }, some: [mark] })
  }
  return parts
}
