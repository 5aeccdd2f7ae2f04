import { parseBlocks } from './blocks.ts'
import type { Block } from './syntax.ts'

const most = 1000
const parsed = new Map<string, readonly Block[]>()

/** Cached, because message lines come and go while you scroll. */
export function parseMarkdown(text: string): readonly Block[] {
  const known = parsed.get(text)
  if (known) return known
  const blocks = parseBlocks(text)
  if (parsed.size >= most) parsed.delete(parsed.keys().next().value!)
  parsed.set(text, blocks)
  return blocks
}
