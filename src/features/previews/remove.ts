import { ChatError } from '../../protocol/errors.ts'
import type { Preview } from '../../protocol/previews.ts'
import type { Scope } from '../../scope.ts'
import { previewEvents } from '../links/present.ts'
import { forgetUnused } from '../links/removed.ts'
import { markRemoved } from '../links/store.ts'
import { findMessage } from '../messages/store.ts'
import { moderates } from '../rooms/access.ts'
import { withRoomLock } from '../rooms/lock.ts'

type Left = { room: string; seq: number; previews: Preview[] }

/** The author and moderators may. Removing what the message does not show changes nothing. The page is forgotten, unless another message shows it. */
export async function removePreview(scope: Scope, id: string, seq: number, preview: string): Promise<Left> {
  const { isRemoved, ...place } = await withRoomLock(scope, id, 'act', async (tx, { room, member }) => {
    const row = await findMessage(tx.sql, room.key, scope.actor.id, seq)
    if (!row) throw new ChatError('message_not_found')
    if (row.deletedAt) throw new ChatError('message_deleted')
    if (row.authorId !== scope.actor.id && !moderates(scope, member)) throw new ChatError('preview_not_yours')
    const of = { roomKey: room.key, seq }
    return { ...of, isRemoved: !preview.includes('\0') && (await markRemoved(tx.sql, of, preview)) }
  })
  if (isRemoved) await forgetUnused(scope, [preview])
  const [event] = await previewEvents(scope, [place])
  if (!event) return { room: id, seq, previews: [] }
  if (isRemoved) scope.bus.publish({ to: 'room', room: place.roomKey, text: event.text })
  const { previews } = JSON.parse(event.text) as Left
  return { room: id, seq, previews }
}
