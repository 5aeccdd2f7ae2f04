import { realHost } from '../real-host.ts'
import { parseMarkdown } from './parse.ts'
import type { Block, Inline } from './syntax.ts'

/** The text of a message on one line, without Markdown. */
export const plainText = (text: string): string =>
  parseMarkdown(text).map(blockText).join(' ').replace(/\s+/g, ' ')

function blockText(block: Block): string {
  switch (block.kind) {
    case 'code':
      return block.text
    case 'quote':
      return block.blocks.map(blockText).join(' ')
    case 'list':
      return block.items.map((item) => item.map(blockText).join(' ')).join(' ')
    default:
      return inlineText(block.children)
  }
}

export const inlineText = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part
      if (part.kind === 'link') return linkText(part)
      return 'children' in part ? inlineText(part.children) : part.text
    })
    .join('')

/** The text of a link, with the real host if it deceives. */
function linkText({ href, children }: Extract<Inline, { kind: 'link' }>): string {
  const text = inlineText(children)
  const host = realHost(href, text)
  return host === undefined ? text : `${text} (${host})`
}
