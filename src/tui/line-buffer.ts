import type { Key } from './keys.ts'
import { graphemesOf, plain, widthOf } from './text.ts'

/** What is being written: characters as a person counts them, and where the cursor stands among them. */
export type Draft = { readonly characters: readonly string[]; readonly at: number }

export const emptyDraft: Draft = { characters: [], at: 0 }

export function draftOf(text: string): Draft {
  const characters = graphemesOf(text)
  return { characters, at: characters.length }
}

export const textOf = ({ characters }: Draft): string => characters.join('')

type Edit = (draft: Draft) => Draft

const without = ({ characters }: Draft, from: number, to: number): Draft => ({
  characters: [...characters.slice(0, from), ...characters.slice(to)],
  at: from,
})
const to =
  (place: (draft: Draft) => number): Edit =>
  (draft) => ({ ...draft, at: Math.max(0, Math.min(draft.characters.length, place(draft))) })

function wordStart({ characters, at }: Draft): number {
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
  backspace: (draft) => (draft.at === 0 ? draft : without(draft, draft.at - 1, draft.at)),
  delete: (draft) => without(draft, draft.at, draft.at + 1),
  'meta return': (draft) => insert(draft, '\n'),
  enter: (draft) => insert(draft, '\n'),
  'ctrl a': to(() => 0),
  'ctrl e': to(({ characters }) => characters.length),
  'ctrl u': (draft) => without(draft, 0, draft.at),
  'ctrl k': ({ characters, at }) => ({ characters: characters.slice(0, at), at }),
  'ctrl w': (draft) => without(draft, wordStart(draft), draft.at),
}

export function insert({ characters, at }: Draft, text: string): Draft {
  // What comes may join what stands before it: an accent, the second half of a flag.
  const before = graphemesOf(characters.slice(0, at).join('') + plain(text))
  return { characters: [...before, ...characters.slice(at)], at: before.length }
}

/** The draft after a key; undefined if the key is not about writing. */
export function edit(draft: Draft, { name, text, ctrl, meta }: Key): Draft | undefined {
  if (text) return insert(draft, text)
  return edits[`${ctrl ? 'ctrl ' : ''}${meta ? 'meta ' : ''}${name}`]?.(draft)
}

/** The part around the cursor that fits into so many columns, and the column of the cursor in it, from 0. */
export function windowOf({ characters, at }: Draft, columns: number): { text: string; column: number } {
  const shown = characters.map((each) => plain(each).replaceAll('\n', '⏎'))
  const widths = shown.map(widthOf)
  let from = at
  let column = 0
  while (from > 0 && column + widths[from - 1]! < columns) column += widths[--from]!
  let end = from
  for (let used = 0; end < shown.length && used + widths[end]! <= columns; end++) used += widths[end]!
  return { text: shown.slice(from, end).join(''), column }
}
