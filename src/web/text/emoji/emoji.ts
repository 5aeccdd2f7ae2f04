import { computed, signal } from '@preact/signals'
import { quick } from './recent.ts'
import type { table } from './table.ts'

export type Emoji = { emoji: string; name: string }
export type Group = keyof typeof table

type Book = { groups: ReadonlyMap<Group, readonly Emoji[]>; names: ReadonlyMap<string, string> }

const loaded = signal<typeof table>()
const codes = signal<ReadonlyMap<string, string>>()
let loading: Promise<void> | undefined

/** A tenth of the page, which is loaded after the rest: when somebody is about to write, or a reaction is named. */
export function loadEmoji(): Promise<void> {
  loading ??= Promise.all([import('./table.ts'), import('./shortcodes.ts')]).then(
    ([{ table }, { shortcodes }]) => {
      loaded.value = table
      codes.value = new Map(
        shortcodes.split(';').map((pair) => pair.split(' ') as [name: string, emoji: string]),
      )
    },
    () => {
      // Without a connection. The next one who asks tries again.
      loading = undefined
    },
  )
  return loading
}

const shortcode = /(?<![\p{L}\p{N}:/]):([a-z0-9_+-]{1,40}):(?![\p{L}\p{N}])/gu

/** The text with an emoji for each `:name:` that other chats know. What has read one is drawn again when the names are loaded. */
export function withEmoji(text: string): string {
  return text.replace(shortcode, (typed, name: string) => {
    if (!codes.value) void loadEmoji()
    return codes.value?.get(name) ?? typed
  })
}

const book = computed<Book>(() => {
  const groups = new Map(
    (Object.entries(loaded.value ?? {}) as [Group, string][]).map(([group, text]) => [
      group,
      text.split(';').map(emojiOf),
    ]),
  )
  const names = new Map([...groups.values()].flat().map(({ emoji, name }) => [bare(emoji), name]))
  return { groups, names }
})

/** Empty until they are loaded. What has read them is drawn again then. */
export function emojis(): Book {
  if (!loaded.value) void loadEmoji()
  return book.value
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
