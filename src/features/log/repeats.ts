import { type ChatError, invalidField } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import { type Detail, kindNumbers, type LogRoom, type NewEntry } from './entry.ts'
import { openText } from './seal.ts'
import { findKnown, type Known } from './store.ts'

/** The place of an entry in the log; `repeated` when an earlier try has stored it. */
export type Appended = { seq: number; at: Date; repeated: boolean }

type Asked = { room: LogRoom; entry: NewEntry }
type Waiting = Asked & { resolve(appended: Appended): void; reject(error: unknown): void }

/**
 * Exactly once: each (author, client_id) is stored once, and a retry gets the result of the first try. The unique index
 * decides. Only when it refuses a row are the stored ones looked up, so that the usual case costs no query.
 */
export function createRepeats(tools: Tools) {
  const underWay = new Map<string, Asked & { result: Promise<Appended> }>()

  function once(room: LogRoom, entry: NewEntry, store: () => Promise<Appended>): Promise<Appended> {
    if (entry.clientId === undefined) return store()
    const key = `${entry.actor.id} ${entry.clientId}`
    const first = underWay.get(key)
    if (first) {
      if (!isSame(first, { room, entry })) {
        // Either of them may be the wrong one: whatever gets stored decides.
        const again = (): Promise<Appended> => once(room, entry, store)
        return first.result.then(again, again)
      }
      return first.result.then((appended) => ({ ...appended, repeated: true }))
    }
    const result = store()
    underWay.set(key, { room, entry, result })
    const done = () => void underWay.delete(key)
    result.then(done, done)
    return result
  }

  /** Resolves those that are stored already, refuses those whose id is stored with another body, returns the rest. */
  async function settleKnown<Some extends Waiting>(batch: Some[]): Promise<Some[]> {
    const pairs = batch.flatMap(({ entry }) =>
      entry.clientId === undefined ? [] : [{ actorId: entry.actor.id, clientId: entry.clientId }],
    )
    if (pairs.length === 0) return batch
    const known = new Map(
      (await findKnown(tools.sql, pairs)).map((row) => [`${row.actorId} ${row.clientId}`, row]),
    )
    return batch.filter((waiting) => {
      const row = known.get(`${waiting.entry.actor.id} ${waiting.entry.clientId}`)
      if (!row) return true
      if (matches(tools, row, waiting)) waiting.resolve({ seq: row.seq, at: row.at, repeated: true })
      else waiting.reject(conflict())
      return false
    })
  }

  return { once, settleKnown }
}

const isSame = (one: Asked, other: Asked): boolean =>
  one.room.key === other.room.key &&
  one.entry.text === other.entry.text &&
  one.entry.replyTo === other.entry.replyTo &&
  haveSameFiles(one.entry.detail, other.entry.detail)

const haveSameFiles = (one: Detail | null | undefined, other: Detail | null | undefined): boolean =>
  one?.files?.join() === other?.files?.join()

const message = { kind: kindNumbers['message.created'], target: null }

/** The text of a deleted message is gone; then the same place is enough. */
function matches(tools: Tools, row: Known, { room, entry }: Asked): boolean {
  if (row.roomKey !== room.key || row.replyTo !== (entry.replyTo ?? null)) return false
  if (!haveSameFiles(row.detail, entry.detail)) return false
  if (row.body === null) return true
  const stored = openText(tools, { ...row, ...message }, row.body)
  return stored.damaged === true || stored.text === entry.text
}

const conflict = (): ChatError => invalidField('/client_id', 'client_id_reused')
