import type { Message } from '../protocol/messages.ts'
import type { Pending } from '../sdk/state.ts'
import { parseMarkdown } from '../text/markdown/parse.ts'
import { inlineText, plainText } from '../text/markdown/plain.ts'
import { printedText } from '../text/markdown/printed.ts'
import { plain, plainLine } from '../text/plain.ts'
import { fileLines, withNames } from './file-lines.ts'
import type { Style } from './style.ts'
import { cut, fill, widthOf, wrap } from './text.ts'
import { repliesOf } from './thread.ts'

export type Look = {
  columns: number
  style: Style
  me: string | undefined
  /** Whether its author is blocked. */
  hides(message: Message): boolean
}

const clock = (at: string) => new Date(at).toTimeString().slice(0, 5)

const gutterOf = (columns: number) => ({ name: columns >= 50 ? 12 : 8 })
const clockColumns = 6

/** The rows of a message: time, author, text and number, with the quoted message above and the reactions below. */
export function messageRows(message: Message, repliedTo: Message | undefined, look: Look): string[] {
  const { style } = look
  const username = plainLine(message.author.username)
  const hidden = look.hides(message)
  const action = hidden ? undefined : actionOf(message)
  const files = message.deleted_at ? [] : fileLines(message.files, message.seq)
  const suffix = `${message.edited_at && !message.deleted_at ? ' (edited)' : ''}${message.pinned ? ' (pinned)' : ''} #${message.seq}`
  const rows = entryRows(look, {
    at: message.created_at,
    name: action === undefined ? username : '*',
    username,
    text: hidden
      ? `from a person you have blocked: /show #${message.seq}`
      : withFiles(action === undefined ? textOf(message) : `${username} ${action}`, files),
    suffix,
    faint: hidden || message.deleted_at !== undefined || message.damaged === true,
  })
  const indent = ' '.repeat(clockColumns + gutterOf(look.columns).name + 1)
  const room = look.columns - widthOf(indent)
  const replyRow =
    message.reply_to === undefined
      ? []
      : [
          indent +
            style.dim(
              cut(
                `↳ #${message.reply_to} ${repliedTo && !look.hides(repliedTo) ? quoted(repliedTo) : ''}`.trimEnd(),
                room,
              ),
            ),
        ]
  const reactions = message.reactions
    .map(({ emoji, count, mine }) => `${plainLine(emoji)} ${count}${mine ? '*' : ''}`)
    .join('  ')
  const thread = message.thread && `${repliesOf(message.thread.replies)}: /thread #${message.seq}`
  const pages = hidden || message.deleted_at ? [] : (message.previews ?? [])
  return [
    ...replyRow,
    ...rows,
    ...pages.flatMap(({ title }) =>
      title === undefined ? [] : [indent + style.dim(cut(`↗ ${plainLine(title)}`, room))],
    ),
    ...(reactions ? [indent + cut(reactions, room)] : []),
    ...(thread ? [indent + style.dim(cut(thread, room))] : []),
  ]
}

/** The rows of an own message that is still being sent, or was refused. */
export function pendingRows(pending: Pending, look: Look): string[] {
  const name = look.me ?? ''
  const rows = entryRows(look, {
    at: pending.at,
    name,
    username: name,
    text: withFiles(plain(printedText(pending.content)), fileLines(pending.files)),
    suffix: pending.state === 'failed' ? '' : ' …',
    faint: true,
  })
  if (pending.state !== 'failed') return rows
  const why = `not sent: ${plainLine(pending.error?.message ?? '')} (/retry or /discard)`
  return [...rows, ...wrap(why, look.columns - 2).map((row) => `  ${look.style.alarm(row)}`)]
}

type Entry = { at: string; name: string; username: string; text: string; suffix: string; faint: boolean }

function entryRows({ columns, style }: Look, entry: Entry): string[] {
  const { name: nameColumns } = gutterOf(columns)
  const name = cut(plainLine(entry.name), nameColumns)
  const before = ' '.repeat(nameColumns - widthOf(name))
  const width = columns - clockColumns - nameColumns - 1
  const lines = wrap(entry.text, width)
  const last = lines.pop() ?? ''
  const fits = widthOf(last) + widthOf(entry.suffix) <= width
  const look = entry.faint ? style.dim : (text: string) => text
  const rows = [...lines.map(look), look(last) + (fits ? style.dim(entry.suffix) : '')]
  if (!fits) rows.push(style.dim(entry.suffix.trimStart()))
  const first = `${style.dim(fill(clock(entry.at), clockColumns))}${before}${style.person(entry.username, name)} `
  const indent = ' '.repeat(clockColumns + nameColumns + 1)
  return rows.map((row, index) => (index === 0 ? first : indent) + row)
}

const damaged = 'damaged: the stored text cannot be read'

const withFiles = (text: string, lines: readonly string[]): string =>
  [text, ...lines].filter(Boolean).join('\n')

function textOf(message: Message): string {
  if (message.deleted_at) return 'deleted'
  return message.damaged ? damaged : plain(printedText(message.content))
}

/** The text of a `/me`, which is sent as Markdown (`*waves*`) so that every client can show it. */
function actionOf({ content, deleted_at }: Message): string | undefined {
  if (deleted_at || !content.startsWith('*')) return undefined
  const [block, ...more] = parseMarkdown(content)
  if (block?.kind !== 'paragraph' || more.length > 0 || block.children.length !== 1) return undefined
  const [part] = block.children
  return typeof part === 'object' && part.kind === 'em' ? plainLine(inlineText(part.children)) : undefined
}

function quoted(message: Message): string {
  const text =
    message.deleted_at || message.damaged ? textOf(message) : withNames(plainText(message.content), message)
  return plainLine(`${message.author.username}: ${text}`)
}
