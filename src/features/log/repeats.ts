import { type ChatError, invalidField } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import type { Draft, LogRoom } from './entry.ts'
import { openText } from './seal.ts'
import { findKnown, type Known } from './store.ts'

/** Where an entry stands; `repeated` when it was stored by an earlier try. */
export type Answer = { seq: number; at: Date; repeated: boolean }

type Asked = { room: LogRoom; draft: Draft }
type Waiting = Asked & { resolve(answer: Answer): void; reject(error: unknown): void }

/**
 * Exactly once: (author, client_id) is stored once for ever, and a retry gets the first answer. The unique index decides;
 * only when it objects are the known ones looked up, so that the usual case costs no query.
 */
export function createRepeats(tools: Tools) {
  const underWay = new Map<string, Asked & { answer: Promise<Answer> }>()

  function once(room: LogRoom, draft: Draft, store: () => Promise<Answer>): Promise<Answer> {
    if (draft.clientId === undefined) return store()
    const key = `${draft.actor.id} ${draft.clientId}`
    const first = underWay.get(key)
    if (first) {
      if (!isSame(first, { room, draft })) {
        // The one under way may itself be the wrong one: what is stored decides between them.
        const again = (): Promise<Answer> => once(room, draft, store)
        return first.answer.then(again, again)
      }
      return first.answer.then((answer) => ({ ...answer, repeated: true }))
    }
    const answer = store()
    underWay.set(key, { room, draft, answer })
    const done = () => void underWay.delete(key)
    answer.then(done, done)
    return answer
  }

  /** Answers those that are stored already, refuses those whose id is stored with another body, returns the rest. */
  async function settleKnown<Some extends Waiting>(batch: Some[]): Promise<Some[]> {
    const pairs = batch.flatMap(({ draft }) =>
      draft.clientId === undefined ? [] : [{ actorId: draft.actor.id, clientId: draft.clientId }],
    )
    if (pairs.length === 0) return batch
    const known = new Map(
      (await findKnown(tools.sql, pairs)).map((row) => [`${row.actorId} ${row.clientId}`, row]),
    )
    return batch.filter((waiting) => {
      const row = known.get(`${waiting.draft.actor.id} ${waiting.draft.clientId}`)
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
  one.draft.text === other.draft.text &&
  one.draft.replyTo === other.draft.replyTo

/** The text of a deleted message is gone: then its place alone decides. */
function matches(tools: Tools, row: Known, { room, draft }: Asked): boolean {
  if (row.roomKey !== room.key || row.replyTo !== (draft.replyTo ?? null)) return false
  if (row.body === null) return true
  const stored = openText(tools, row.roomKey, row.seq, row.actorId, row.body)
  return stored.damaged === true || stored.text === draft.text
}

const conflict = (): ChatError => invalidField('/client_id', 'client_id_reused')
