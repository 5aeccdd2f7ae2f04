import type { Message } from '../../protocol/messages.ts'
import { plainText } from '../../text/markdown/plain.ts'
import { isolated } from './say.ts'

/** A message where it is only quoted: its text without Markdown, then the names of its files. */
export function wordsOf({ content, files = [] }: Pick<Message, 'content' | 'files'>): string {
  const names = files.map(({ name }) => isolated(name)).join(', ')
  return [plainText(content), names].filter(Boolean).join(' · ')
}
