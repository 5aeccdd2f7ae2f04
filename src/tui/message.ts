import type { Message } from '../protocol/messages.ts'
import type { Pending } from '../sdk/state.ts'
import { whyNotSent } from './error-text.ts'
import type { Style } from './style.ts'
import { cut, fill, plain, plainLine, widthOf, wrap } from './text.ts'

export type Look = { columns: number; style: Style; me: string | undefined }

const clock = (at: string) => new Date(at).toTimeString().slice(0, 5)

const gutterOf = (columns: number) => ({ name: columns >= 50 ? 12 : 8 })
const clockColumns = 6

/** The rows of a message: when, who, what, its number, and below what it answers and what was thought of it. */
export function messageRows(message: Message, answered: Message | undefined, look: Look): string[] {
  const { style } = look
  const username = plainLine(message.author.username)
  const words = withoutStars(message)
  const suffix = `${message.edited_at && !message.deleted_at ? ' (edited)' : ''}${message.pinned ? ' (pinned)' : ''} #${message.seq}`
  const rows = entryRows(look, {
    at: message.created_at,
    name: words === undefined ? username : '*',
    username,
    words: words === undefined ? said(message) : `${username} ${words}`,
    suffix,
    faint: message.deleted_at !== undefined || message.damaged === true,
  })
  const indent = ' '.repeat(clockColumns + gutterOf(look.columns).name + 1)
  const room = look.columns - widthOf(indent)
  const answers =
    message.reply_to === undefined
      ? []
      : [
          indent +
            style.dim(cut(`↳ #${message.reply_to} ${answered ? quoted(answered) : ''}`.trimEnd(), room)),
        ]
  const reactions = message.reactions
    .map(({ emoji, count, mine }) => `${plainLine(emoji)} ${count}${mine ? '*' : ''}`)
    .join('  ')
  return [...answers, ...rows, ...(reactions ? [indent + cut(reactions, room)] : [])]
}

/** The rows of a message of ours that is still on its way, or was refused. */
export function pendingRows(pending: Pending, look: Look): string[] {
  const name = look.me ?? ''
  const rows = entryRows(look, {
    at: pending.at,
    name,
    username: name,
    words: plain(pending.content),
    suffix: pending.state === 'failed' ? '' : ' …',
    faint: true,
  })
  if (pending.state !== 'failed') return rows
  const why = `not sent: ${plainLine(whyNotSent(pending))} (/retry or /discard)`
  return [...rows, ...wrap(why, look.columns - 2).map((row) => `  ${look.style.alarm(row)}`)]
}

type Entry = { at: string; name: string; username: string; words: string; suffix: string; faint: boolean }

function entryRows({ columns, style }: Look, entry: Entry): string[] {
  const { name: nameColumns } = gutterOf(columns)
  const name = cut(plainLine(entry.name), nameColumns)
  const before = ' '.repeat(nameColumns - widthOf(name))
  const width = columns - clockColumns - nameColumns - 1
  const words = wrap(entry.words, width)
  const last = words.pop() ?? ''
  const fits = widthOf(last) + widthOf(entry.suffix) <= width
  const look = entry.faint ? style.dim : (text: string) => text
  const rows = [...words.map(look), look(last) + (fits ? style.dim(entry.suffix) : '')]
  if (!fits) rows.push(style.dim(entry.suffix.trimStart()))
  const first = `${style.dim(fill(clock(entry.at), clockColumns))}${before}${style.person(entry.username, name)} `
  const indent = ' '.repeat(clockColumns + nameColumns + 1)
  return rows.map((row, index) => (index === 0 ? first : indent) + row)
}

function said(message: Message): string {
  if (message.deleted_at) return 'deleted'
  return message.damaged ? 'damaged: what is stored cannot be read' : plain(message.content)
}

/** `/me waves` is sent as Markdown (`*waves*`), so that every client can show it. */
function withoutStars({ content, deleted_at }: Message): string | undefined {
  const found = deleted_at ? null : /^\*([^*\n]+)\*$/.exec(content)
  return found ? plain(found[1]!) : undefined
}

const quoted = (message: Message) => plainLine(`${message.author.username}: ${said(message)}`)
