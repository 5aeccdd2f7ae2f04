import { quick } from './recent.ts'
import { table } from './table.ts'

export type Emoji = { emoji: string; name: string }
export type Group = keyof typeof table

type Book = { groups: ReadonlyMap<Group, readonly Emoji[]>; names: ReadonlyMap<string, string> }

let book: Book | undefined

/** Parsed on first use, not when the page loads. */
export function emojis(): Book {
  if (book) return book
  const groups = new Map(
    (Object.entries(table) as [Group, string][]).map(([group, text]) => [
      group,
      text.split(';').map(emojiOf),
    ]),
  )
  const names = new Map([...groups.values()].flat().map(({ emoji, name }) => [bare(emoji), name]))
  book = { groups, names }
  return book
}

function emojiOf(entry: string): Emoji {
  const gap = entry.indexOf(' ')
  return { emoji: entry.slice(0, gap), name: entry.slice(gap + 1) }
}

/** `❤️` exists with and without the variation selector that asks for the coloured picture. */
const bare = (emoji: string) => emoji.replaceAll('\ufe0f', '')

export const nameOf = (emoji: string): string | undefined => emojis().names.get(bare(emoji))

/**
 * Emoji whose name contains every word of the query. First those with the first word as a whole, the most used of them
 * in front; then those that begin with it.
 */
export function searchEmoji(query: string): readonly Emoji[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const all = [...emojis().groups.values()].flat()
  const found = all.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
  const rank = ({ emoji, name }: Emoji) => {
    const own = name.toLowerCase()
    if (!own.split(' ').includes(words[0]!)) return own.startsWith(words[0]!) ? 2 : 3
    return quick.includes(emoji) ? 0 : 1
  }
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 80)
}
