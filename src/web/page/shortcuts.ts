import { withMod } from '../kit/keys.ts'
import type { Word } from '../language/translations/types.ts'
import { formats } from '../text/format/formats.ts'

/** `Mod` is Command on a Mac and Control elsewhere. */
type Shortcut = { keys: readonly string[]; word: Word }

/** The list that `?` opens. The first group works everywhere; the others are handled where they belong. */
export const shortcuts: readonly { title: Word; list: readonly Shortcut[] }[] = [
  {
    title: 'keys.everywhere',
    list: [
      { keys: ['Mod', 'K'], word: 'keys.palette' },
      { keys: ['Mod', 'F'], word: 'keys.search' },
      { keys: ['Alt', '↓'], word: 'keys.nextRoom' },
      { keys: ['Alt', '↑'], word: 'keys.previousRoom' },
      { keys: ['Alt', 'Shift', '↓'], word: 'keys.nextUnread' },
      { keys: ['Alt', 'Shift', '↑'], word: 'keys.previousUnread' },
      { keys: ['?'], word: 'keys.help' },
    ],
  },
  {
    title: 'keys.writing',
    list: [
      { keys: ['Enter'], word: 'keys.send' },
      { keys: ['Mod', 'Enter'], word: 'keys.sendAnywhere' },
      { keys: ['Shift', 'Enter'], word: 'keys.line' },
      { keys: ['↑'], word: 'keys.editLast' },
      { keys: ['@'], word: 'keys.mention' },
      { keys: [':'], word: 'keys.emoji' },
      { keys: ['Esc'], word: 'keys.stop' },
    ],
  },
  {
    title: 'format.tools',
    list: formats.flatMap(({ word, keys }) => (keys ? [{ keys, word }] : [])),
  },
  {
    title: 'keys.reading',
    list: [
      { keys: ['↑', '↓'], word: 'keys.walk' },
      { keys: ['PgUp', 'PgDn'], word: 'keys.page' },
      { keys: ['End'], word: 'keys.latest' },
      { keys: ['Enter'], word: 'keys.menu' },
    ],
  },
]

type Global = {
  palette(): void
  /** Returns whether it has opened: a second Ctrl-F is for the browser, which looks through what is shown. */
  search(): boolean
  help(): void
  /** Goes to the next room in the list (−1: the one before); with `unread`, to the next unread one. */
  step(by: 1 | -1, unread: boolean): void
}

const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Handles the shortcuts that work everywhere. Returns a function that stops it. */
export function listenForKeys(window: Window, { palette, search, help, step }: Global): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.isComposing || event.defaultPrevented) return
    if (withMod(event) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') palette()
    else if (withMod(event) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'f') {
      if (!search()) return
    } else if (
      event.key === '?' &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey &&
      !writes(event.target)
    )
      help()
    else if (event.altKey && !event.ctrlKey && !event.metaKey && event.key === 'ArrowDown')
      step(1, event.shiftKey)
    else if (event.altKey && !event.ctrlKey && !event.metaKey && event.key === 'ArrowUp')
      step(-1, event.shiftKey)
    else return
    event.preventDefault()
  }
  window.addEventListener('keydown', hear)
  return () => window.removeEventListener('keydown', hear)
}
