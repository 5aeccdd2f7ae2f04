import type { Powers } from '../ground/powers.ts'
import { say } from '../language/say.ts'

/** What can be typed after a slash in the composer, as in the terminal. `needs`: it does nothing without words behind it. */
type Slash = { needs: boolean; may(powers: Powers): boolean }

const may = (power: keyof Omit<Powers, 'me'>) => (powers: Powers) => powers[power]

export const slashes = {
  me: { needs: true, may: may('post') },
  shrug: { needs: false, may: may('post') },
  msg: { needs: true, may: () => true },
  search: { needs: true, may: () => true },
  status: { needs: false, may: () => true },
  mute: { needs: false, may: may('keepUnread') },
  invite: { needs: true, may: may('people') },
  topic: { needs: true, may: may('own') },
  leave: { needs: false, may: may('leave') },
} as const satisfies Record<string, Slash>

export type SlashName = keyof typeof slashes

const word = /^\/([a-z]{1,20})(?:\s+([\s\S]*))?$/

/** What a text in the composer is: words to send, or a command with what is behind it. An address such as `/etc/hosts` is words. */
export type Typed = { words: string } | { command: SlashName; rest: string } | { unknown: string }

export function typedIn(text: string): Typed {
  // As in the terminal: a second slash makes it words.
  if (text.startsWith('//')) return { words: text.slice(1) }
  const [, name, rest = ''] = word.exec(text) ?? []
  if (name === undefined) return { words: text }
  return isSlash(name) ? { command: name, rest: rest.trim() } : { unknown: `/${name}` }
}

const isSlash = (name: string): name is SlashName => Object.hasOwn(slashes, name)

/** The commands that begin so. One that is typed out and needs nothing more is not offered: Enter does it. */
export const slashesFor = (begun: string, powers: Powers): SlashName[] =>
  (Object.keys(slashes) as SlashName[]).filter(
    (name) => name.startsWith(begun) && slashes[name].may(powers) && (name !== begun || slashes[name].needs),
  )

/** How a command is written: `/topic text`. */
export function usageOf(command: SlashName): string {
  return command === 'leave' ? '/leave' : `/${command} ${say(`slash.${command}.rest`)}`
}

/** With the backslashes that Markdown would take. */
const shrug = '¯\\\\\\_(ツ)\\_/¯'

/** Whether a text is what `/me` writes: it says what its author does, so it needs their name. */
export const isAction = (content: string): boolean => /^\*(?!\s)[^*]*[^*\s]\*$/.test(content)

/** The message that a command writes; undefined for one that does something else. */
export function wordsOf(command: SlashName, rest: string): string | undefined {
  if (command === 'me') return `*${rest.replaceAll('*', '')}*`
  if (command === 'shrug') return `${rest} ${shrug}`.trim()
  return undefined
}
