import type { Message } from '../../protocol/messages.ts'
import type { Person, Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import type { LogRoom } from '../log/entry.ts'
import { origin } from '../log/present.ts'
import { openText } from '../log/seal.ts'
import type { MessageRow } from './store.ts'

export async function presentMessages(tools: Tools, room: LogRoom, rows: MessageRow[]): Promise<Message[]> {
  const people = await authorsOf(
    tools,
    rows.map(({ authorId }) => authorId),
  )
  return rows.map((row) => presentMessage(tools, room, row, people.get(row.authorId)!))
}

function presentMessage(tools: Tools, room: LogRoom, row: MessageRow, author: Person): Message {
  const body = row.editedBody ?? row.body
  const opened =
    body === null || row.deletedAt
      ? { text: '' }
      : openText(tools, room.key, row.editedSeq ?? row.seq, row.authorId, body)
  return {
    ...origin(room, row.seq, {
      author,
      at: row.at,
      ...(row.clientId === null ? {} : { clientId: row.clientId }),
      ...(row.replyTo === null ? {} : { replyTo: row.replyTo }),
    }),
    content: opened.text,
    ...(row.editedAt && !row.deletedAt ? { edited_at: row.editedAt.toISOString() } : {}),
    ...(row.deletedAt ? { deleted_at: row.deletedAt.toISOString() } : {}),
    reactions: row.reactions ?? [],
    ...(row.pinnedAt ? { pinned: true } : {}),
    ...(opened.damaged ? { damaged: true } : {}),
  }
}
