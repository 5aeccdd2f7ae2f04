import { bareAddressesIn, safeHref } from '../../../text/markdown/addresses.ts'
import { parseInline } from '../../../text/markdown/inline.ts'
import { newReading } from '../../../text/markdown/reading.ts'
import type { Rich } from '../rich/rich.ts'
import type { Reader } from '../rich/write-line.ts'
import type { Change } from './format.ts'

const formatting =
  /<(?:a|b|strong|i|em|s|del|strike|h[1-6]|[uo]l|li|blockquote|pre|code|kbd|samp|tt|hr|table)[\s>/]|mso-list|font-weight|font-style|line-through/i

/** HTML of a clipboard that may say more than its plain text. Undefined for that of an editor, which says so. */
export function richIn(moved: DataTransfer | null): string | undefined {
  if (!moved || moved.types.includes('vscode-editor-data')) return undefined
  const html = moved.getData('text/html')
  return formatting.test(html) ? html : undefined
}

/** Whether what is written at the end of this text is code: there, signs are signs. */
export function endsInCode(before: string): boolean {
  const fences = before.match(/^[ >]*(?:`{3,}|~{3,})/gm)?.length ?? 0
  const line = before.slice(before.lastIndexOf('\n') + 1)
  return fences % 2 === 1 || (line.match(/`/g)?.length ?? 0) % 2 === 1
}

const reader: Reader = {
  read: (text) => parseInline(text, newReading()),
  hrefOf: safeHref,
  addressesIn: bareAddressesIn,
}

const patienceMs = 1500

/** The Markdown of pasted HTML; the plain text if there is no formatting in it, and if the program for it does not come soon. */
export async function wordsPasted(html: string, plain: string): Promise<Rich> {
  const asItIs = { markdown: plain, opens: false, closes: false }
  try {
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('It took too long')), patienceMs),
    )
    const { markdownOf } = await Promise.race([import('../rich/pasted.ts'), late])
    return markdownOf(html, reader) ?? asItIs
  } catch (error) {
    console.warn('Pasted as plain text', error)
    return asItIs
  }
}

/** A list, a quote or a table needs lines of its own. */
export function putRich(text: string, from: number, to: number, { markdown, opens, closes }: Rich): Change {
  const [before, after] = [text.slice(0, from), text.slice(to)]
  const above = opens && before !== '' ? '\n\n'.slice(/\n{0,2}$/.exec(before)![0].length) : ''
  const below = closes && after !== '' ? '\n\n'.slice(/^\n{0,2}/.exec(after)![0].length) : ''
  const caret = from + above.length + markdown.length
  return { from, to, text: above + markdown + below, selected: [caret, caret] }
}
