import type { Tools } from '../../scope.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { removeFilesOf } from '../attachments/store.ts'
import { authorsOf, nobody } from '../auth/people.ts'
import { removePreviewsOf } from '../links/removed.ts'
import { originOf } from '../log/entry.ts'
import { sealStanding } from '../log/integrity.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { passOfServer } from '../rooms/access.ts'
import { type LimitedRoom, listLimitedRooms, markExpired, readOld } from './store.ts'

/** Locks the room for some 20 ms. */
const messagesAtOnce = 100
/** Entries that are no messages any more cost little. */
const entriesAtOnce = 1000

const dayMs = 24 * 3_600_000

type Progress = {
  /** Up to this seq there is nothing left to do. */
  from: number
  isStopped(): boolean
}

/**
 * Deletes the messages of a room that are older than it keeps them, a few at a time, and sleeps at least half of the
 * time, for the chat. Each gets a `message.deleted`, so that no number is missing, every client learns of it, live or when it
 * resumes, and the log says what has become of each message. Returns how many, and up to which seq it has looked.
 */
export async function expireRoom(
  tools: Tools,
  room: LimitedRoom,
  { from, isStopped }: Progress,
): Promise<{ expired: number; seen: number }> {
  const before = new Date(tools.clock().getTime() - room.days * dayMs)
  let [expired, seen] = [0, from]
  // Most rooms have nothing to delete: one entry says so, not a page.
  const [oldest] = await readOld(tools.sql, room.key, { after: from, before, limit: 1 })
  if (!oldest) return { expired, seen }
  while (!isStopped()) {
    const began = performance.now()
    const old = await readOld(tools.sql, room.key, { after: seen, before, limit: entriesAtOnce })
    const messages = old.filter(({ isMessage }) => isMessage)
    // Nothing before the last of them: the next round looks from there.
    const last = messages.length > messagesAtOnce ? messages[messagesAtOnce - 1]!.seq : old.at(-1)?.seq
    if (last === undefined) break
    if (messages.length > 0) {
      const pass = passOfServer(room)
      const deleted = await writer(tools).transact(pass, (tx) =>
        expireUpTo(tools, tx, room, { after: seen, last, before }),
      )
      if (deleted === undefined) break
      expired += deleted
    }
    seen = last
    if (old.length < entriesAtOnce && last === old.at(-1)!.seq) break
    await Bun.sleep(performance.now() - began)
  }
  return { expired, seen }
}

/** Undefined if the room keeps its messages for another time by now: a run over many rooms takes long. */
async function expireUpTo(
  tools: Tools,
  tx: Transaction,
  { key, days }: LimitedRoom,
  { after, last, before }: { after: number; last: number; before: Date },
): Promise<number | undefined> {
  const [now] = await listLimitedRooms(tx.sql, tools.policy.retentionDays, [key])
  if (now?.days !== days) return undefined
  // Again, now that nobody else can delete one of them.
  const old = await readOld(tx.sql, key, { after, before, limit: last - after })
  const messages = old.filter(({ isMessage, seq }) => isMessage && seq <= last)
  if (messages.length === 0) return 0
  const people = await authorsOf(
    tools,
    messages.map(({ authorId }) => authorId),
    tx.sql,
  )
  for (const { seq, authorId, ...row } of messages) {
    const author = people.get(authorId) ?? nobody(authorId)
    const about = originOf(author, row)
    tx.add({ kind: 'message.deleted', actor: author, target: seq, about, detail: { expired: true } })
  }
  const marks = { editedSeq: null, deletedAt: tx.at, pinnedAt: null }
  const gone = messages.map(({ seq }) => ({ seq, standing: sealStanding(tools, key, seq, marks) }))
  await markExpired(tx.sql, key, gone, tx.at)
  const seqs = messages.map(({ seq }) => seq)
  await removeFilesOf(tx.sql, key, seqs)
  await removePreviewsOf(tools, tx, key, seqs)
  tx.onCommit(() => void sweepRemoved(tools))
  return messages.length
}
