import { ChatError } from '../../protocol/errors.ts'
import type { LastMessage, LastMessagePage, LastMessagesQuery } from '../../protocol/last-messages.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { pageOf } from '../page.ts'
import { readRoom } from '../rooms/lock.ts'
import { type LastRow, listLastRows } from './last-store.ts'
import { presentMessages } from './present.ts'

/** A page of the last messages of the actor's rooms, in no order that means something: the list of rooms has its own. */
export async function listLastMessages(
  scope: Scope,
  { after = 0, limit = scope.policy.limits.page }: LastMessagesQuery,
): Promise<LastMessagePage> {
  const reader = { id: scope.actor.id, admin: isAdmin(scope) }
  const rows = await listLastRows(scope.sql, reader, { after, limit: limit + 1 })
  const { page, next } = pageOf(rows, limit, ({ roomKey }) => roomKey)
  // Together, so that what they need to know of people is read once.
  const items = await Promise.all(page.map((row) => showLast(scope, row)))
  return { items: items.flatMap((item) => item ?? []), ...next }
}

/** The gate is asked after the message was read: who has lost the room meanwhile does not see it. */
async function showLast(scope: Scope, row: LastRow): Promise<LastMessage | undefined> {
  try {
    return await readRoom(scope, row.room, 'read', async ({ room }) => {
      if (room.key !== row.roomKey) return undefined
      const [message] = await presentMessages(scope, room, [row])
      return { room: room.id, head: row.head, message: message! }
    })
  } catch (error) {
    const isGone = error instanceof ChatError && (error.code === 'not_found' || error.code === 'forbidden')
    if (!isGone) throw error
  }
}
