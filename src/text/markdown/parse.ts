import { parseBlocks } from './blocks.ts'
import { newReading } from './reading.ts'
import type { Block } from './syntax.ts'

const most = 1000
const parsed = new Map<string, readonly Block[]>()

/** The text of a message as a tree. Cached, because message lines come and go while you scroll. */
export function parseMarkdown(text: string): readonly Block[] {
  const known = parsed.get(text)
  if (known) return known
  const blocks = parseBlocks(text, newReading())
  if (parsed.size >= most) parsed.delete(parsed.keys().next().value!)
  parsed.set(text, blocks)
  return blocks
}

/** The names that a text mentions, where a reader sees them: in lower case, each once, with their longer forms. */
export function mentionsIn(text: string): { names: Set<string>; hasMore: boolean } {
  if (!/[@＠]/.test(text)) return { names: new Set(), hasMore: false }
  const reading = newReading()
  parseBlocks(text, reading)
  return { names: reading.named.union(reading.longer), hasMore: reading.hasMore }
}
