import type { File } from '../../protocol/files.ts'
import type { Message } from '../../protocol/messages.ts'
import type { Person, Tools } from '../../scope.ts'
import { filesById, filesIn } from '../attachments/present.ts'
import { authorsOf, nobody } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import { previewsOf } from '../links/present.ts'
import type { LogRoom } from '../log/entry.ts'
import { type Opened, openMessage } from './standing.ts'
import { type Marks, type MessageRow, readMarks } from './store.ts'

export async function presentMessages(tools: Tools, room: LogRoom, rows: MessageRow[]): Promise<Message[]> {
  const people = await authorsOf(
    tools,
    rows.map(({ authorId }) => authorId),
  )
  const marks = await marksOf(tools, room, rows)
  const files = await filesById(tools, rows.flatMap(attachedTo))
  const messages = rows.map((row) => {
    const author = people.get(row.authorId) ?? nobody(row.authorId)
    const opened = openMessage(tools, room.key, row, marks.get(row.seq))
    return presentMessage(room, row, opened, author, filesIn(attachedTo(row), files))
  })
  return withPreviews(tools, room, messages)
}

async function withPreviews(tools: Tools, room: LogRoom, messages: Message[]): Promise<Message[]> {
  const found = await previewsOf(
    tools,
    room,
    messages.map(({ seq, content }) => ({ seq, text: content })),
  )
  for (const message of found.size > 0 ? messages : []) {
    const previews = found.get(message.seq)
    if (previews) message.previews = previews
  }
  return messages
}

const attachedTo = ({ detail, deletedAt }: MessageRow): string[] =>
  deletedAt === null ? (detail?.files ?? []) : []

/** Nearly no message has a mark, so most pages need no second look. */
async function marksOf({ sql }: Tools, room: LogRoom, rows: MessageRow[]): Promise<Map<number, Marks>> {
  const seen = rows.flatMap(({ seq, lastMark }) => (lastMark === null ? [] : [{ seq, lastMark }]))
  return seen.length === 0 ? new Map() : readMarks(sql, room.key, seen)
}

// Optional fields are assigned one by one, because spreads are slower: a page of history calls this fifty times.
function presentMessage(
  room: LogRoom,
  row: MessageRow,
  opened: Opened,
  author: Person,
  files: File[],
): Message {
  const { deletedAt } = opened
  const message: Message = {
    room: room.id,
    seq: row.seq,
    author: presentAuthor(author),
    content: opened.text,
    created_at: row.at.toISOString(),
    reactions: row.reactions ?? [],
  }
  if (files.length > 0 && !deletedAt) message.files = files
  if (row.editedAt && !deletedAt) message.edited_at = row.editedAt.toISOString()
  if (deletedAt) message.deleted_at = deletedAt.toISOString()
  if (opened.expired) message.expired = true
  if (row.replyTo !== null) message.reply_to = row.replyTo
  if (row.threadSeq !== null) message.thread_seq = row.threadSeq
  if (row.thread !== null) {
    const [replies, last] = row.thread
    message.thread = { seq: row.seq, replies, last_at: new Date(last).toISOString() }
  }
  if (row.clientId !== null) message.client_id = row.clientId
  if (row.pinnedAt) message.pinned = true
  if (opened.damaged) message.damaged = true
  return message
}
