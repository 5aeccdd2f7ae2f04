import { parseBlocks } from './blocks.ts'
import { inlineText } from './plain.ts'
import { newReading } from './reading.ts'
import type { Block, Inline } from './syntax.ts'

/** Stands between texts that do not follow each other: no message has it. */
const between = '\0'

/** What a person says in a message: its text without code and bare addresses. */
export const spokenText = (text: string): string => parseBlocks(text, newReading()).map(ofBlock).join(between)

function ofBlock(block: Block): string {
  switch (block.kind) {
    case 'code':
    case 'rule':
      return between
    case 'quote':
      return block.blocks.map(ofBlock).join(between)
    case 'list':
      return block.items.map(({ blocks }) => blocks.map(ofBlock).join(between)).join(between)
    case 'table':
      return [block.head, ...block.rows].flat().map(ofInline).join(between)
    default:
      return ofInline(block.children)
  }
}

const ofInline = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part
      if (part.kind === 'code') return between
      if (part.kind === 'link' && isBare(inlineText(part.children))) return between
      return 'children' in part ? ofInline(part.children) : part.text
    })
    .join('')

/** An address that is its own text. */
const isBare = (text: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|www\.|\S+@\S+$)\S*$/i.test(text)
