import { ChatError } from '../../protocol/errors.ts'
import { recentMessages } from '../../protocol/limits.ts'
import type { VersionPage, VersionsQuery } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { openText } from '../log/seal.ts'
import { pageOf } from '../page.ts'
import { readRoom } from '../rooms/lock.ts'
import { readMessage } from './list.ts'
import { readVersions } from './store.ts'

/** The texts that a message has had, for everybody who reads the room: each was sent to them as an event. */
export function listVersions(
  scope: Scope,
  id: string,
  seq: number,
  query: VersionsQuery,
): Promise<VersionPage> {
  return readRoom(scope, id, 'read', ({ room }) => readPage(scope, room, seq, query))
}

async function readPage(
  scope: Scope,
  room: LogRoom,
  seq: number,
  { after = 0, limit = recentMessages }: VersionsQuery,
): Promise<VersionPage> {
  const rows = await readVersions(scope.sql, { room: room.key, seq }, { after, limit: limit + 1 })
  // Afterwards, so that nothing is shown of a message that is deleted meanwhile.
  const message = await readMessage(scope, room, seq)
  if (message.deleted_at) throw new ChatError('message_deleted')
  const { page, next } = pageOf(rows, limit, (row) => row.seq)
  const items = page.map(({ body, ...facts }) => {
    const isLost = body === null || message.damaged
    const { text, damaged } = isLost ? { text: '', damaged: true as const } : openText(scope, facts, body)
    return { seq: facts.seq, at: facts.at.toISOString(), content: text, ...(damaged ? { damaged } : {}) }
  })
  return { items, ...next }
}
