import type { File } from '../../../protocol/files.ts'
import type { Message } from '../../../protocol/messages.ts'
import { beginningOf } from '../../../text/cut.ts'
import { escaped, name } from './html.ts'
import type { Times } from './times.ts'

/** What a page knows of the message that another answers: where it is, and what it says if it was read lately. */
export type Answered = { href?: string; author?: string; excerpt?: string }

const longestExcerpt = 80

export function excerptOf({ content, deleted_at, damaged }: Message): string {
  if (deleted_at || damaged) return '…'
  // A long message has more than enough before its white space is folded.
  return beginningOf(content.slice(0, 4 * longestExcerpt).replace(/\s+/g, ' '), longestExcerpt)
}

export type Shown = {
  times: Times
  answered?: Answered | undefined
  isFolded: boolean
  /** The address of a file of the message, as the page addresses it. */
  hrefOf: (file: File) => string
}

export function messageHtml(message: Message, { times, answered, isFolded, hrefOf }: Shown): string {
  const { seq, author } = message
  const folded = isFolded && !message.deleted_at
  const text = textOf(message) + filesOf(message, hrefOf)
  return `<article class="message" id="m${seq}">
<div class="top"><strong>${name(author.display_name)}</strong> <span class="soft">@${escaped(author.username)}</span> ${marksOf(message, times)}</div>
${message.reply_to === undefined ? '' : replyTo(message.reply_to, answered)}${
  folded ? `<details><summary>From somebody whom you have blocked</summary>${text}</details>` : text
}${reactionsOf(message)}
</article>
`
}

function marksOf({ seq, created_at, edited_at, pinned }: Message, times: Times): string {
  return [
    `<a href="#m${seq}"><time datetime="${created_at}">${times.time(created_at)}</time></a>`,
    ...(edited_at ? [`<span class="mark">edited ${times.both(edited_at)}</span>`] : []),
    ...(pinned ? ['<span class="mark">📌 pinned</span>'] : []),
  ].join(' ')
}

function textOf({ content, deleted_at, damaged }: Message): string {
  if (deleted_at) return '<p class="gone">This message was deleted.</p>'
  if (damaged) return '<p class="gone">This message is damaged: what is stored is not what was written.</p>'
  return content === '' ? '' : `<div class="text" dir="auto">${escaped(content)}</div>`
}

function filesOf({ files = [] }: Message, hrefOf: Shown['hrefOf']): string {
  if (files.length === 0) return ''
  const items = files.map((file) => {
    const alt = file.alt ? ` <span class="soft">${name(file.alt)}</span>` : ''
    const bytes = file.bytes.toLocaleString('en')
    return `<li><a href="${escaped(hrefOf(file))}">${name(file.name)}</a> <span class="soft">${bytes} bytes</span>${alt}</li>`
  })
  return `<ul class="files">${items.join('')}</ul>`
}

function replyTo(seq: number, { href, author, excerpt }: Answered = {}): string {
  const words =
    author === undefined ? `message ${seq}` : `${name(author)}: <bdi>${escaped(excerpt ?? '')}</bdi>`
  return `<p class="reply">In reply to ${href === undefined ? words : `<a href="${href}">${words}</a>`}</p>\n`
}

const reactionsOf = ({ reactions }: Message): string =>
  reactions.length === 0
    ? ''
    : `<ul class="reactions">${reactions.map(({ emoji, count }) => `<li><bdi>${escaped(emoji)}</bdi> ${count}</li>`).join('')}</ul>`
