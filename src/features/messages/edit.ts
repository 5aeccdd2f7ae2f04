import { ChatError } from '../../protocol/errors.ts'
import type { Sent } from '../../protocol/messages.ts'
import type { InName, Person, Scope, Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import type { LogRoom, Origin } from '../log/entry.ts'
import { sealStanding } from '../log/integrity.ts'
import type { Transaction } from '../log/writer.ts'
import { moderates } from '../rooms/access.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { withRoomLock } from '../rooms/lock.ts'
import { notifyNewlyMentioned } from './mentions.ts'
import { enforceSlowMode } from './slow-mode.ts'
import { findMessage, type MessageRow, markDeleted, markEdited } from './store.ts'

export async function editMessage(scope: Scope, id: string, seq: number, content: string): Promise<Sent> {
  let counted = false
  let place: KnownRoom | undefined
  const sent = await withRoomLock(scope, id, 'post', async (tx, { room, member }) => {
    const { row, about } = await findInTransaction(scope, tx, room, seq)
    if (row.authorId !== scope.actor.id) throw new ChatError('not_the_author')
    if (row.deletedAt) throw new ChatError('message_deleted')
    // Once, though a transaction may run again.
    if (!counted) enforceSlowMode(scope, room, member)
    counted = true
    const reactions = (row.reactions ?? []).map(({ emoji, count }) => ({ emoji, count }))
    const editedSeq = tx.add({
      kind: 'message.edited',
      actor: scope.actor,
      target: seq,
      text: content,
      about,
      detail: { ...(reactions.length > 0 ? { reactions } : {}), ...(row.pinnedAt ? { pinned: true } : {}) },
    })
    const { pinnedAt } = row
    const standing = sealStanding(scope, room.key, seq, { editedSeq, deletedAt: null, pinnedAt })
    await markEdited(tx.sql, { room: room.key, seq }, editedSeq, standing)
    place = room
    return sentAs(room, editedSeq, tx.at)
  })
  notifyNewlyMentioned(scope, place!, seq, { seq: sent.seq, content })
  return sent
}

/** The author, moderators and administrators may. Deleting a deleted message changes nothing. */
export async function deleteMessage(scope: Scope, id: string, seq: number): Promise<Sent> {
  return withRoomLock(scope, id, 'act', (tx, { room, member }) =>
    deleteInTransaction(scope, tx, room, seq, (authorId) => {
      if (authorId === scope.actor.id || moderates(scope, member)) return
      throw new ChatError('not_yours_to_delete')
    }),
  )
}

/** Replaces the message by a tombstone, unless it is one. `check` throws to refuse. */
export async function deleteInTransaction(
  scope: InName,
  tx: Transaction,
  room: LogRoom,
  seq: number,
  check: (authorId: string) => void,
): Promise<Sent> {
  const { row, about } = await findInTransaction(scope, tx, room, seq)
  check(row.authorId)
  if (row.deletedAt) return sentAs(room, seq, row.deletedAt)
  const deletedSeq = tx.add({ kind: 'message.deleted', actor: scope.actor, target: seq, about })
  const gone = { editedSeq: null, deletedAt: tx.at, pinnedAt: null }
  await markDeleted(tx.sql, { room: room.key, seq }, tx.at, sealStanding(scope, room.key, seq, gone))
  return sentAs(room, deletedSeq, tx.at)
}

/** Reads the message in a transaction that has locked its room, so that nobody else can change it. */
export async function findInTransaction(
  scope: InName,
  tx: Transaction,
  room: LogRoom,
  seq: number,
): Promise<{ row: MessageRow; about: Origin }> {
  const row = await findMessage(tx.sql, room.key, scope.actor.id, seq)
  if (!row) throw new ChatError('message_not_found')
  const author = await authorOf(scope, tx, row.authorId)
  const { at, clientId, replyTo } = row
  return { row, about: { author, at, ...(clientId ? { clientId } : {}), ...(replyTo ? { replyTo } : {}) } }
}

async function authorOf(tools: Tools, tx: Transaction, id: string): Promise<Person> {
  return (await authorsOf(tools, [id], tx.sql)).get(id)!
}

export function sentAs(room: LogRoom, seq: number, at: Date): Sent {
  return { room: room.id, seq, created_at: at.toISOString(), epoch: room.epoch }
}
