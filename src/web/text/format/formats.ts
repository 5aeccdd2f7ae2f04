import type { Drawing } from '../../kit/icon.tsx'
import type { Word } from '../../language/translations/types.ts'
import { code, type Format, lines, link, wrap } from './format.ts'

/** `keys` as in the list of shortcuts; the last one is the letter. */
export type Formatting = { word: Word; icon: Drawing; keys?: readonly string[]; format: Format }

export const formats: readonly Formatting[] = [
  { word: 'format.bold', icon: 'bold', keys: ['Mod', 'B'], format: wrap('**') },
  { word: 'format.italic', icon: 'italic', keys: ['Mod', 'I'], format: wrap('*') },
  { word: 'format.strike', icon: 'strike', keys: ['Mod', 'Shift', 'X'], format: wrap('~~') },
  { word: 'format.code', icon: 'code', keys: ['Mod', 'E'], format: code },
  { word: 'format.link', icon: 'link', keys: ['Mod', 'Shift', 'L'], format: link },
  { word: 'format.quote', icon: 'quote', format: lines('> ') },
  { word: 'format.list', icon: 'list', format: lines('- ') },
]

type Press = { key: string; shiftKey: boolean }

/** The format for a letter pressed with Control or Command in the composer. */
export const formatFor = ({ key, shiftKey }: Press): Format | undefined =>
  formats.find(({ keys }) => keys?.at(-1) === key.toUpperCase() && keys.includes('Shift') === shiftKey)
    ?.format
