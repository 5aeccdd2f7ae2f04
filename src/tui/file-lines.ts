import type { File } from '../protocol/files.ts'
import type { Message } from '../protocol/messages.ts'
import { plainLine } from '../text/plain.ts'

const units = ['B', 'kB', 'MB', 'GB']

/** The size of a file in few digits: `246 kB`. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`
}

/** What is there, and the command that saves it, each on a line. */
export const fileLines = (files: readonly File[] = [], seq?: number): string[] =>
  files.map(({ name, type, bytes, alt }, index) => {
    const save = seq === undefined ? '' : `: /save #${seq}${files.length > 1 ? ` ${index + 1}` : ''}`
    const about = [type, sizeOf(bytes), ...(alt ? [`“${alt}”`] : [])].join(', ')
    return plainLine(`[${name}] ${about}${save}`)
  })

/** A message on one line where it is only quoted: its text, then the names of its files. */
export const withNames = (text: string, { files = [] }: Pick<Message, 'files'>): string =>
  [text, ...files.map(({ name }) => plainLine(`[${name}]`))].filter(Boolean).join(' ')
