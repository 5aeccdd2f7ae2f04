import { ChatError } from '../../protocol/errors.ts'
import type { Sent } from '../../protocol/messages.ts'
import type { InName, Person, Scope, Tools } from '../../scope.ts'
import { filesById, filesIn } from '../attachments/present.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { removeFilesOf } from '../attachments/store.ts'
import { authorsOf } from '../auth/people.ts'
import { removePreviewsOf } from '../links/removed.ts'
import { type LogRoom, type Origin, originOf } from '../log/entry.ts'
import { sealStanding } from '../log/integrity.ts'
import type { Meant } from '../log/meant.ts'
import type { Transaction } from '../log/writer.ts'
import { moderates } from '../rooms/access.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { withRoomLock } from '../rooms/lock.ts'
import { changeMeant, removeMeant } from './mention-store.ts'
import { meantBy, notifyNewlyMentioned, notifyUnmeant } from './mentions.ts'
import { removeSaved } from './saved-store.ts'
import { enforceSlowMode, readLastText } from './slow-mode.ts'
import { type FoundMessage, findMessage, markDeleted, markEdited } from './store.ts'
import { countWithout } from './threads-store.ts'

export async function editMessage(scope: Scope, id: string, seq: number, content: string): Promise<Sent> {
  let counted = false
  let place: KnownRoom | undefined
  let meant: Meant
  const sent = await withRoomLock(scope, id, 'post', async (tx, { room, member }) => {
    const { row, about } = await findInTransaction(scope, tx, room, seq)
    if (row.authorId !== scope.actor.id) throw new ChatError('not_the_author')
    if (row.deletedAt) throw new ChatError('message_deleted')
    // Once, though a transaction may run again.
    if (!counted) await readLastText(scope, tx.sql, room)
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
    meant = meantBy(scope, { room, member }, content)
    const edit = { room: room.key, seq, editedSeq, at: tx.at, author: scope.actor }
    const unmeant = await changeMeant(tx.sql, edit, meant)
    tx.onCommit(() => notifyUnmeant(scope, room, seq, unmeant))
    return sentAs(room, editedSeq, tx.at)
  })
  notifyNewlyMentioned(scope, place!, seq, { seq: sent.seq, meant: meant! })
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
  room: LogRoom & Pick<KnownRoom, 'access'>,
  seq: number,
  check: (authorId: string) => void,
): Promise<Sent> {
  const { row, about } = await findInTransaction(scope, tx, room, seq)
  check(row.authorId)
  if (row.deletedAt) return sentAs(room, seq, row.deletedAt)
  const thread = row.threadSeq === null ? undefined : await countWithout(tx.sql, room.key, row.threadSeq, seq)
  const deletedSeq = tx.add({
    ...{ kind: 'message.deleted', actor: scope.actor, target: seq, about },
    ...(thread ? { detail: { thread } } : {}),
  })
  const gone = { editedSeq: null, deletedAt: tx.at, pinnedAt: null }
  await markDeleted(tx.sql, { room: room.key, seq }, tx.at, sealStanding(scope, room.key, seq, gone))
  const unmeant = await removeMeant(tx.sql, room.key, [seq])
  tx.onCommit(() => notifyUnmeant(scope, room, seq, unmeant))
  await removePreviewsOf(scope, tx, room.key, [seq])
  await removeSaved(tx.sql, room.key, [seq])
  if (row.detail?.files) {
    await removeFilesOf(tx.sql, room.key, [seq])
    tx.onCommit(() => void sweepRemoved(scope))
  }
  return sentAs(room, deletedSeq, tx.at)
}

/** Reads the message in a transaction that has locked its room, so that nobody else can change it. */
export async function findInTransaction(
  scope: InName,
  tx: Transaction,
  room: LogRoom,
  seq: number,
): Promise<{ row: FoundMessage; about: Origin }> {
  const row = await findMessage(tx.sql, room.key, scope.actor.id, seq)
  if (!row) throw new ChatError('message_not_found')
  const author = await authorOf(scope, tx, row.authorId)
  const ids = row.detail?.files
  const files = ids && filesIn(ids, await filesById(scope, ids, tx.sql))
  return { row, about: { ...originOf(author, row), ...(files ? { files } : {}) } }
}

async function authorOf(tools: Tools, tx: Transaction, id: string): Promise<Person> {
  return (await authorsOf(tools, [id], tx.sql)).get(id)!
}

export function sentAs(room: LogRoom, seq: number, at: Date): Sent {
  return { room: room.id, seq, created_at: at.toISOString(), epoch: room.epoch }
}
