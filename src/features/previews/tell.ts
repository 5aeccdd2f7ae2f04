import type { Tools } from '../../scope.ts'
import { nameRooms, type Place } from '../links/store.ts'
import { presentMessages } from '../messages/present.ts'
import { readMessagesAt } from '../messages/store.ts'

/** Nobody has reacted under it. */
const noReader = '00000000-0000-0000-0000-000000000000'

/**
 * Tells who listens to the rooms of these messages what they show now: only of links that their texts still have. Somebody may have edited one a moment
 * ago, and nobody has looked at the edit yet.
 */
export async function tellPreviews(tools: Tools, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return
  const rooms = await nameRooms(tools.sql, [...new Set(places.map(({ roomKey }) => roomKey))])
  const rows = await readMessagesAt(tools.sql, noReader, [...places])
  for (const [roomKey, some] of Map.groupBy(rows, (row) => row.roomKey)) {
    const room = rooms.get(roomKey)
    for (const { seq, previews = [] } of room ? await presentMessages(tools, room, some) : []) {
      const text = JSON.stringify({ type: 'preview.changed', room: room!.id, seq, previews })
      tools.bus.publish({ to: 'room', room: roomKey, text, after: seq })
    }
  }
}
