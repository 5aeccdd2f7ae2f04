import { createBounded } from '../../bounded.ts'
import { perServer, type Tools } from '../../scope.ts'
import { kindNumbers } from '../log/entry.ts'
import { readTails } from './greeting-store.ts'
import { mostUnread } from './unread-after.ts'

/** The end of a log: the messages after `start` and up to `head`, in the order of their seq. */
type Tail = { start: number; head: number; seqs: number[]; authors: string[]; deletedAt: Map<number, number> }

/** A tail has this many events: room for the counted ones, and for a read mark as far behind. */
const longest = 2 * mostUnread
const mostTails = 5000
/** Entries that one statement reads, so that the embedded database does not keep the event loop waiting. */
const mostEntries = 2000

/**
 * Who wrote what at the end of each log, to count unread messages for many people without asking the database again for
 * each. A log only grows, and a deletion is an entry of it too: so a tail that was read up to a head is right up to there.
 */
const tails = perServer(() => createBounded<number, Tail>(mostTails))

export const nobody: ReadonlySet<string> = new Set()

type Reached = { roomKey: number; head: number; readSeq: number }

/** Whether the tail of a room is enough to count what is unread after this mark. */
export const isNear = ({ head, readSeq }: Reached): boolean => head - readSeq <= longest

/** Reads what is missing, so that `unreadOf` can count for these marks, which are near. */
export async function loadTails(tools: Tools, marks: Reached[]): Promise<void> {
  const wanted = new Map<number, { after: number; upTo: number }>()
  for (const { roomKey, head, readSeq } of marks) {
    const part = wanted.get(roomKey) ?? { after: readSeq, upTo: head }
    wanted.set(roomKey, { after: Math.min(part.after, readSeq), upTo: Math.max(part.upTo, head) })
  }
  const parts = [...wanted].flatMap(([roomKey, { after, upTo }]) => {
    const tail = tails(tools).get(roomKey)
    if (tail && tail.start <= after) return tail.head < upTo ? { roomKey, after: tail.head, upTo } : []
    tails(tools).delete(roomKey)
    return { roomKey, after, upTo }
  })
  for (let at = 0; at < parts.length; ) {
    let entries = 0
    const begin = at
    while (at < parts.length && (at === begin || entries < mostEntries)) {
      entries += parts[at]!.upTo - parts[at]!.after
      at++
    }
    const some = parts.slice(begin, at)
    const rows = await readTails(tools.sql, some)
    const read = new Map(some.map((part) => [part.roomKey, tailWith(tails(tools).get(part.roomKey), part)]))
    for (const { roomKey, seq, kind, actorId, target } of rows) {
      const { seqs, authors, deletedAt } = read.get(roomKey)!
      if (kind === kindNumbers['message.deleted']) deletedAt.set(target!, seq)
      else {
        seqs.push(seq)
        authors.push(actorId)
      }
    }
    for (const [roomKey, tail] of read) tails(tools).set(roomKey, trimmed(tail))
  }
}

/** How many messages of others, without those of `blocked`, are unread as of `head`, of the first events after the mark; undefined if it is not known. */
export function unreadOf(
  tools: Tools,
  user: string,
  { roomKey, head, readSeq }: Reached,
  blocked: ReadonlySet<string>,
): number | undefined {
  if (readSeq >= head) return 0
  const tail = tails(tools).get(roomKey)
  if (!tail || tail.start > readSeq || tail.head < head) return undefined
  const last = Math.min(head, readSeq + mostUnread)
  let unread = 0
  for (let at = tail.seqs.length - 1; at >= 0 && tail.seqs[at]! > readSeq; at--) {
    const seq = tail.seqs[at]!
    const author = tail.authors[at]!
    const isDeleted = (tail.deletedAt.get(seq) ?? head + 1) <= head
    if (seq <= last && author !== user && !blocked.has(author) && !isDeleted) unread++
  }
  return unread
}

/** A copy to go on with: if reading fails, the tail stays as it was. */
function tailWith(known: Tail | undefined, { after, upTo }: { after: number; upTo: number }): Tail {
  if (known?.head !== after) return { start: after, head: upTo, seqs: [], authors: [], deletedAt: new Map() }
  return {
    start: known.start,
    head: upTo,
    seqs: [...known.seqs],
    authors: [...known.authors],
    deletedAt: new Map(known.deletedAt),
  }
}

function trimmed(tail: Tail): Tail {
  const start = tail.head - longest
  if (tail.start >= start) return tail
  const first = tail.seqs.findIndex((seq) => seq > start)
  const from = first < 0 ? tail.seqs.length : first
  const deletedAt = new Map([...tail.deletedAt].filter(([seq]) => seq > start))
  return {
    start,
    head: tail.head,
    seqs: tail.seqs.slice(from),
    authors: tail.authors.slice(from),
    deletedAt,
  }
}
