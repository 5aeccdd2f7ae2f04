import { parseBlocks } from './blocks.ts'
import type { Block, Inline } from './syntax.ts'

/**
 * The addresses of the web that a text links to, where a reader sees a link, in their order and each once: not in code, and not in a quote,
 * whose message has them already.
 */
export function linksIn(text: string): string[] {
  if (!/https?:\/\/|www\./i.test(text)) return []
  const found = new Set<string>()
  lookInBlocks(parseBlocks(text), found)
  return [...found]
}

function lookInBlocks(blocks: readonly Block[], found: Set<string>): void {
  for (const block of blocks) {
    if (block.kind === 'paragraph' || block.kind === 'heading') look(block.children, found)
    else if (block.kind === 'list') for (const { blocks } of block.items) lookInBlocks(blocks, found)
    else if (block.kind === 'table')
      for (const cell of [...block.head, ...block.rows.flat()]) look(cell, found)
  }
}

function look(parts: readonly Inline[], found: Set<string>): void {
  for (const part of parts) {
    if (typeof part === 'string' || !('children' in part)) continue
    if (part.kind === 'link' && /^https?:/i.test(part.href)) found.add(part.href)
    look(part.children, found)
  }
}
