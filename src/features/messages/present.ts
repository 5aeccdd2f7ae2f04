import type { Message } from '../../protocol/messages.ts'
import type { Person, Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import type { LogRoom } from '../log/entry.ts'
import { openText } from '../log/seal.ts'
import type { MessageRow } from './store.ts'

export async function presentMessages(tools: Tools, room: LogRoom, rows: MessageRow[]): Promise<Message[]> {
  const people = await authorsOf(
    tools,
    rows.map(({ authorId }) => authorId),
  )
  return rows.map((row) => presentMessage(tools, room, row, people.get(row.authorId)!))
}

// Optional fields are assigned one by one, because spreads are slower: a page of history calls this fifty times.
function presentMessage(tools: Tools, room: LogRoom, row: MessageRow, author: Person): Message {
  const body = row.editedBody ?? row.body
  const opened =
    body === null || row.deletedAt
      ? { text: '' }
      : openText(tools, room.key, row.editedSeq ?? row.seq, row.authorId, body)
  const message: Message = {
    room: room.id,
    seq: row.seq,
    author: { username: author.username, display_name: author.displayName },
    content: opened.text,
    created_at: row.at.toISOString(),
    reactions: row.reactions ?? [],
  }
  if (row.editedAt && !row.deletedAt) message.edited_at = row.editedAt.toISOString()
  if (row.deletedAt) message.deleted_at = row.deletedAt.toISOString()
  if (row.replyTo !== null) message.reply_to = row.replyTo
  if (row.clientId !== null) message.client_id = row.clientId
  if (row.pinnedAt) message.pinned = true
  if (opened.damaged) message.damaged = true
  return message
}
