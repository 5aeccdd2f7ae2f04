import { isBlank } from '../../../text/blank.ts'
import { bareAddressAt, safeHref } from './links.ts'
import { closingBackticks, pairsOf } from './pairs.ts'
import type { Inline } from './syntax.ts'

type Mark = 'strong' | 'em' | 'strike'
type Open = { mark: Mark; sign: string; children: Inline[] }

/** The same pattern as the server's (features/messages/mentions.ts). */
const mention = /@([A-Za-z0-9][A-Za-z0-9_.-]{2,31})/y
const isWord = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter)
const isAscii = (letter: string | undefined) => letter !== undefined && /[A-Za-z0-9]/.test(letter)
const isSpace = (letter: string | undefined) => letter === undefined || /\s/.test(letter)
const escapable = new Set('\\`*_~[]()#>-+.!@|{}:"\'<')

/**
 * One pass from left to right. Each mark can be open only once, so at most three are open at a time, and a mark that is
 * never closed costs no search: the time grows with the length of the text alone, whatever it contains.
 */
export function parseInline(text: string, mayLink = true): Inline[] {
  const root: Inline[] = []
  const open: Open[] = []
  const pairs = mayLink ? pairsOf(text) : undefined
  const codeEnd = closingBackticks(text)
  let at = 0

  const put = (...parts: Inline[]) => {
    const children = open.at(-1)?.children ?? root
    for (const part of parts) {
      const last = children.at(-1)
      if (typeof part === 'string' && typeof last === 'string') children[children.length - 1] = last + part
      else if (part !== '') children.push(part)
    }
  }
  /** Marks that were opened after it and never closed become text again. */
  const close = (index: number) => {
    while (open.length > index + 1) unmark()
    const { mark, children } = open.pop()!
    put({ kind: mark, children })
  }
  const unmark = () => {
    const { sign, children } = open.pop()!
    put(sign, ...children)
  }

  /** A run of `*`, `_` or `~`: it can close and open marks. */
  const run = (letter: string) => {
    let length = 1
    while (text[at + length] === letter) length++
    const before = text[at - 1]
    const after = text[at + length]
    at += length
    // snake_case_names, and 2*3*4
    const intraword =
      letter === '_' ? isWord(before) && isWord(after) : length === 1 && isAscii(before) && isAscii(after)
    let left = length
    const marks: [Mark, number][] =
      letter === '~'
        ? [['strike', 2]]
        : [
            ['strong', 2],
            ['em', 1],
          ]
    const find = (mark: Mark, width: number) =>
      open.findLastIndex((each) => each.mark === mark && each.sign === letter.repeat(width))

    if (!isSpace(before) && !intraword) {
      // The innermost closes first: `***both***`.
      for (;;) {
        const closable = marks
          .map(([mark, width]) => ({ width, index: width <= left ? find(mark, width) : -1 }))
          .filter(({ index }) => index >= 0 && !isEmpty(open[index]!, open.length === index + 1))
          .sort((a, b) => b.index - a.index)[0]
        if (!closable) break
        close(closable.index)
        left -= closable.width
      }
    }
    if (!isSpace(after) && !intraword) {
      for (const [mark, width] of marks) {
        if (left < width || open.some((each) => each.mark === mark)) continue
        open.push({ mark, sign: letter.repeat(width), children: [] })
        left -= width
      }
    }
    put(letter.repeat(left))
  }

  const link = (): boolean => {
    const middle = pairs?.get(at)
    if (middle === undefined || text[middle + 1] !== '(') return false
    const end = pairs?.get(middle + 1)
    if (end === undefined) return false
    const href = safeHref(text.slice(middle + 2, Math.min(end, middle + 4096)))
    const label = text.slice(at + 1, middle)
    if (href === undefined || isBlank(label)) return false
    put({ kind: 'link', href, children: parseInline(label, false) })
    at = end + 1
    return true
  }

  const code = () => {
    let length = 1
    while (text[at + length] === '`') length++
    const end = codeEnd(at + length, length)
    if (end === undefined) put('`'.repeat(length))
    else {
      const inner = text.slice(at + length, end)
      // One space on each side is removed: it allows a backtick at the edge.
      const padded = inner.startsWith(' ') && inner.endsWith(' ') && /[^ ]/.test(inner)
      put({ kind: 'code', text: padded ? inner.slice(1, -1) : inner })
    }
    at = end === undefined ? at + length : end + length
  }

  const bareLink = (): boolean => {
    const href = mayLink && !isWord(text[at - 1]) ? bareAddressAt(text, at) : undefined
    if (href === undefined) return false
    put({ kind: 'link', href, children: [href] })
    at += href.length
    return true
  }

  const named = (): boolean => {
    if (at > 0 && /[\w.@-]/.test(text[at - 1]!)) return false
    mention.lastIndex = at
    // "@ben." ends a sentence more often than it names somebody called "ben.".
    const name = mention.exec(text)?.[1]?.replace(/[.-]+$/, '') ?? ''
    if (name.length < 3) return false
    put({ kind: 'mention', username: name.toLowerCase(), text: `@${name}` })
    at += name.length + 1
    return true
  }

  const plain = /[^\\`*_~[@hH]+/y
  while (at < text.length) {
    const letter = text[at]!
    if (letter === '\\' && escapable.has(text[at + 1] ?? '')) {
      put(text[at + 1]!)
      at += 2
    } else if (letter === '`') code()
    else if (letter === '*' || letter === '_' || letter === '~') run(letter)
    else if (letter === '[' && link()) continue
    else if (letter === '@' && named()) continue
    else if ((letter === 'h' || letter === 'H') && bareLink()) continue
    else {
      plain.lastIndex = at
      const found = plain.exec(text)?.[0] ?? letter
      put(found)
      at += found.length
    }
  }
  while (open.length > 0) unmark()
  return root
}

/** `****` is text, not an empty strong. */
const isEmpty = (mark: Open, innermost: boolean) => innermost && mark.children.length === 0
