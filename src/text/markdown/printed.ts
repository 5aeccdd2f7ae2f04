import { realHost } from '../real-host.ts'
import { parseMarkdown } from './parse.ts'
import { inlineText } from './plain.ts'
import type { Block, Inline, Item } from './syntax.ts'

type Link = Extract<Inline, { kind: 'link' }>

/**
 * The text of a message in lines, as a terminal shows it: what a terminal cannot draw has a sign. A link is followed by its address, and
 * an address that deceives by its real host. It is not yet safe to print.
 */
export const printedText = (text: string): string => linesOf(parseMarkdown(text)).join('\n')

/** Paragraphs are apart; other blocks stand right below each other. */
function linesOf(blocks: readonly Block[], isLoose = true): string[] {
  return blocks.flatMap((block, index) => {
    const isApart = isLoose && block.kind === 'paragraph' && blocks[index - 1]?.kind === 'paragraph'
    return [...(isApart ? [''] : []), ...blockLines(block)]
  })
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'code':
      return block.text.split('\n').map((line) => (line === '' ? '' : `    ${line}`))
    case 'quote':
      return linesOf(block.blocks).map((line) => `> ${line}`.trimEnd())
    case 'list': {
      const { start, isLoose, items } = block
      return items.flatMap((item, index) =>
        itemLines(item, start === undefined ? '- ' : `${start + index}. `, isLoose),
      )
    }
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(printedInline).join(' | '))
    case 'rule':
      return ['---']
    default:
      return printedInline(block.children).split('\n')
  }
}

function itemLines({ isDone, blocks }: Item, marker: string, isLoose: boolean): string[] {
  const box = isDone === undefined ? '' : isDone ? '[x] ' : '[ ] '
  const [first = '', ...more] = linesOf(blocks, isLoose)
  const indent = ' '.repeat(marker.length)
  return [marker + box + first, ...more.map((line) => (line === '' ? '' : indent + line))]
}

const printedInline = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part
      switch (part.kind) {
        case 'code':
          return `\`${part.text}\``
        case 'strike':
          return `~~${printedInline(part.children)}~~`
        case 'spoiler':
          return `||${printedInline(part.children)}||`
        case 'link':
          return printedLink(part)
        case 'mention':
          return part.text
        default:
          return printedInline(part.children)
      }
    })
    .join('')

function printedLink({ href, children }: Link): string {
  const label = inlineText(children)
  const host = realHost(href)
  const address = host === undefined ? href : `${href} (${host})`
  if (label === href) return address
  // `www.tides.example` and `ben@tides.example`
  if (host === undefined && href.replace(/^(?:http:\/\/|mailto:)/i, '') === label) return label
  return `${printedInline(children)} <${href}>${host === undefined ? '' : ` (${host})`}`
}
