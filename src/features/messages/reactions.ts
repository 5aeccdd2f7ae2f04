import { ChatError } from '../../protocol/errors.ts'
import type { Sent } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import { sealStanding } from '../log/integrity.ts'
import { requireModerator } from '../rooms/access.ts'
import { withRoomLock } from '../rooms/lock.ts'
import { findInTransaction, sentAs } from './edit.ts'
import { deleteReaction, insertReaction, markPinned } from './store.ts'

const mostEmojis = 50

/** Adding the same emoji again changes nothing. */
export async function addReaction(scope: Scope, id: string, seq: number, emoji: string): Promise<Sent> {
  return withRoomLock(scope, id, 'act', async (tx, { room }) => {
    const { row } = await findInTransaction(scope, tx, room, seq)
    if (row.deletedAt) throw new ChatError('message_deleted')
    const reactions = row.reactions ?? []
    if (reactions.length >= mostEmojis && !reactions.some((reaction) => reaction.emoji === emoji)) {
      throw new ChatError('too_many_reactions', { most: mostEmojis })
    }
    const key = { room: room.key, seq, emoji, user: scope.actor.id }
    if (!(await insertReaction(tx.sql, key, tx.head + 1))) return sentAs(room, tx.head, tx.at)
    const added = tx.add({ kind: 'reaction.added', actor: scope.actor, target: seq, detail: { emoji } })
    return sentAs(room, added, tx.at)
  })
}

export async function removeReaction(scope: Scope, id: string, seq: number, emoji: string): Promise<Sent> {
  return withRoomLock(scope, id, 'act', async (tx, { room }) => {
    await findInTransaction(scope, tx, room, seq)
    const deleted = await deleteReaction(tx.sql, { room: room.key, seq, emoji, user: scope.actor.id })
    if (!deleted) return sentAs(room, tx.head, tx.at)
    const removed = tx.add({ kind: 'reaction.removed', actor: scope.actor, target: seq, detail: { emoji } })
    return sentAs(room, removed, tx.at)
  })
}

export async function setPin(scope: Scope, id: string, seq: number, pinned: boolean): Promise<Sent> {
  return withRoomLock(scope, id, 'act', async (tx, { room, member }) => {
    requireModerator(scope, member)
    const { row } = await findInTransaction(scope, tx, room, seq)
    if (pinned && row.deletedAt) throw new ChatError('message_deleted')
    if ((row.pinnedAt !== null) === pinned) return sentAs(room, tx.head, tx.at)
    const pinnedAt = pinned ? tx.at : null
    const { editedSeq, deletedAt } = row
    const standing = sealStanding(scope, room.key, seq, { editedSeq, deletedAt, pinnedAt })
    await markPinned(tx.sql, { room: room.key, seq }, pinnedAt, standing)
    const kind = pinned ? 'pin.added' : 'pin.removed'
    return sentAs(room, tx.add({ kind, actor: scope.actor, target: seq }), tx.at)
  })
}
