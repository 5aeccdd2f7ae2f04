import { ChatError, invalidField } from '../../protocol/errors.ts'
import { recentMessages } from '../../protocol/limits.ts'
import type { Reaction, ReactionPage, ReactionsQuery, Sent } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import { emojiKey, isReaction } from '../../text/emoji.ts'
import { authorsOf, nobody } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import type { LogRoom } from '../log/entry.ts'
import { sealStanding } from '../log/integrity.ts'
import { pageOf } from '../page.ts'
import { requireModerator } from '../rooms/access.ts'
import { readRoom, withRoomLock } from '../rooms/lock.ts'
import { findInTransaction, sentAs } from './edit.ts'
import { addReacted, removeReacted } from './mention-store.ts'
import { deleteReaction, findMessage, insertReaction, listReactors, markPinned } from './store.ts'

const mostEmojis = 50

/**
 * Adding the same emoji again changes nothing. Spellings of one emoji, with and without a variation selector, are the same: the first
 * that was written is used for all.
 */
export async function addReaction(scope: Scope, id: string, seq: number, written: string): Promise<Sent> {
  if (!isReaction(written)) throw invalidField('/emoji', 'emoji_format')
  return withRoomLock(scope, id, 'act', async (tx, { room }) => {
    const { row } = await findInTransaction(scope, tx, room, seq)
    if (row.deletedAt) throw new ChatError('message_deleted')
    const reactions = row.reactions ?? []
    const same = spellingsIn(reactions, written)
    if (same.some(({ mine }) => mine)) return sentAs(room, tx.head, tx.at)
    if (reactions.length >= mostEmojis && same.length === 0) {
      throw new ChatError('too_many_reactions', { most: mostEmojis })
    }
    const emoji = same[0]?.emoji ?? written
    const key = { room: room.key, seq, emoji, user: scope.actor.id }
    if (!(await insertReaction(tx.sql, key, tx.head + 1))) return sentAs(room, tx.head, tx.at)
    const added = tx.add({ kind: 'reaction.added', actor: scope.actor, target: seq, detail: { emoji } })
    if (row.authorId !== scope.actor.id) {
      const reacted = { room: room.key, seq, author: row.authorId, actor: scope.actor.id }
      await addReacted(tx.sql, reacted, { place: added, at: tx.at })
    }
    return sentAs(room, added, tx.at)
  })
}

/** Any text can be removed: there may be reactions from before only emoji were accepted, and more than one spelling of an emoji. */
export async function removeReaction(scope: Scope, id: string, seq: number, written: string): Promise<Sent> {
  return withRoomLock(scope, id, 'act', async (tx, { room }) => {
    const { row } = await findInTransaction(scope, tx, room, seq)
    let last = tx.head
    for (const { emoji, mine } of spellingsIn(row.reactions ?? [], written)) {
      const key = { room: room.key, seq, emoji, user: scope.actor.id }
      if (!mine || !(await deleteReaction(tx.sql, key))) continue
      last = tx.add({ kind: 'reaction.removed', actor: scope.actor, target: seq, detail: { emoji } })
    }
    if (last !== tx.head)
      await removeReacted(tx.sql, { room: room.key, seq, author: row.authorId, actor: scope.actor.id })
    return sentAs(room, last, tx.at)
  })
}

/** Who reacted to a message, by emoji: a page of people for each. */
export function listReactions(
  scope: Scope,
  id: string,
  seq: number,
  query: ReactionsQuery,
): Promise<ReactionPage> {
  return readRoom(scope, id, 'read', ({ room }) => readReactions(scope, room, seq, query))
}

async function readReactions(
  scope: Scope,
  room: LogRoom,
  seq: number,
  { emoji, after = 0, limit = recentMessages }: ReactionsQuery,
): Promise<ReactionPage> {
  const row = await findMessage(scope.sql, room.key, scope.actor.id, seq)
  if (!row) throw new ChatError('message_not_found')
  const all = row.reactions ?? []
  const asked = emoji === undefined ? all : spellingsIn(all, emoji)
  const range = { emojis: asked.map((each) => each.emoji), after, limit: limit + 1 }
  const reactors = Map.groupBy(
    await listReactors(scope.sql, { room: room.key, seq }, range),
    (each) => each.emoji,
  )
  const people = await authorsOf(
    scope,
    [...reactors.values()].flatMap((each) => each.map(({ userId }) => userId)),
  )
  const items = asked.map((reaction) => {
    const { page, next } = pageOf(reactors.get(reaction.emoji) ?? [], limit, ({ addedSeq }) => addedSeq)
    const users = page.map(({ userId }) => presentAuthor(people.get(userId) ?? nobody(userId)))
    return { ...reaction, users, ...next }
  })
  return { items }
}

const spellingsIn = (reactions: readonly Reaction[], written: string): Reaction[] =>
  reactions.filter(({ emoji }) => emojiKey(emoji) === emojiKey(written))

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
