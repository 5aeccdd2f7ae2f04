import { realHost } from '../real-host.ts'
import { parseMarkdown } from './parse.ts'
import type { Block, Inline, Item } from './syntax.ts'

/** The text of a message on one line, without Markdown: for notifications, quotes and screen readers. */
export const plainText = (text: string): string =>
  parseMarkdown(text).map(blockText).join(' ').replace(/\s+/g, ' ')

/** So that a message of nothing but a rule is something. */
const rule = '—'

function blockText(block: Block): string {
  switch (block.kind) {
    case 'code':
      return block.text
    case 'quote':
      return block.blocks.map(blockText).join(' ')
    case 'list':
      return block.items.map((item) => boxOf(item) + item.blocks.map(blockText).join(' ')).join(' ')
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(inlineText).join(', ')).join(' ')
    case 'rule':
      return rule
    default:
      return inlineText(block.children)
  }
}

const hidden = '▒▒▒'

const boxOf = ({ isDone }: Item): string => (isDone === undefined ? '' : isDone ? '☑ ' : '☐ ')

export const inlineText = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part
      if (part.kind === 'link') return linkText(part)
      // Wherever a message is quoted or announced, nobody has asked to see it.
      if (part.kind === 'spoiler') return hidden
      return 'children' in part ? inlineText(part.children) : part.text
    })
    .join('')

/** The text of a link, with the real host if it deceives. */
function linkText({ href, children }: Extract<Inline, { kind: 'link' }>): string {
  const text = inlineText(children)
  const host = realHost(href, text)
  return host === undefined ? text : `${text} (${host})`
}
