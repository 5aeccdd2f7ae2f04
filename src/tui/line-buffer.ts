import { plain } from '../text/plain.ts'
import type { Key } from './keys.ts'
import { graphemesOf, widthOf } from './text.ts'

/** The text that is being typed: characters as a person counts them, and the position of the cursor. */
export type LineBuffer = { readonly characters: readonly string[]; readonly at: number }

export const emptyBuffer: LineBuffer = { characters: [], at: 0 }

export function bufferOf(text: string): LineBuffer {
  const characters = graphemesOf(text)
  return { characters, at: characters.length }
}

export const textOf = ({ characters }: LineBuffer): string => characters.join('')

type Edit = (buffer: LineBuffer) => LineBuffer

const without = ({ characters }: LineBuffer, from: number, to: number): LineBuffer => ({
  characters: [...characters.slice(0, from), ...characters.slice(to)],
  at: from,
})
const to =
  (place: (buffer: LineBuffer) => number): Edit =>
  (buffer) => ({ ...buffer, at: Math.max(0, Math.min(buffer.characters.length, place(buffer))) })

function wordStart({ characters, at }: LineBuffer): number {
  let start = at
  while (start > 0 && /\s/.test(characters[start - 1]!)) start--
  while (start > 0 && !/\s/.test(characters[start - 1]!)) start--
  return start
}

const edits: Record<string, Edit> = {
  left: to(({ at }) => at - 1),
  right: to(({ at }) => at + 1),
  home: to(() => 0),
  end: to(({ characters }) => characters.length),
  backspace: (buffer) => (buffer.at === 0 ? buffer : without(buffer, buffer.at - 1, buffer.at)),
  delete: (buffer) => without(buffer, buffer.at, buffer.at + 1),
  'meta return': (buffer) => insert(buffer, '\n'),
  enter: (buffer) => insert(buffer, '\n'),
  'ctrl a': to(() => 0),
  'ctrl e': to(({ characters }) => characters.length),
  'ctrl u': (buffer) => without(buffer, 0, buffer.at),
  'ctrl k': ({ characters, at }) => ({ characters: characters.slice(0, at), at }),
  'ctrl w': (buffer) => without(buffer, wordStart(buffer), buffer.at),
}

export function insert({ characters, at }: LineBuffer, text: string): LineBuffer {
  // New text may join the character before it: an accent, or the second half of a flag.
  const before = graphemesOf(characters.slice(0, at).join('') + plain(text))
  return { characters: [...before, ...characters.slice(at)], at: before.length }
}

/** The buffer after a key; undefined if the key does not edit. */
export function edit(buffer: LineBuffer, { name, text, ctrl, meta }: Key): LineBuffer | undefined {
  if (text) return insert(buffer, text)
  return edits[`${ctrl ? 'ctrl ' : ''}${meta ? 'meta ' : ''}${name}`]?.(buffer)
}

/** The part around the cursor that fits into `columns`, and the column of the cursor in it, from 0. */
export function windowOf({ characters, at }: LineBuffer, columns: number): { text: string; column: number } {
  const shown = characters.map((each) => plain(each).replaceAll('\n', '⏎'))
  const widths = shown.map(widthOf)
  let from = at
  let column = 0
  while (from > 0 && column + widths[from - 1]! < columns) column += widths[--from]!
  let end = from
  for (let used = 0; end < shown.length && used + widths[end]! <= columns; end++) used += widths[end]!
  return { text: shown.slice(from, end).join(''), column }
}
