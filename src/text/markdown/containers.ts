import type { Line } from './line.ts'
import { type Align, tableOf } from './table.ts'

/** A block while lines are added to it. `hadBlank`: whether a blank line was the last thing in it. */
export type Open = { hadBlank: boolean; parent: Open | undefined } & Content

type Content =
  | { kind: 'text' | 'quote'; children: Open[] }
  | { kind: 'list'; children: Open[]; marker: Marker }
  | { kind: 'item'; children: Open[]; width: number; line: number }
  | { kind: 'paragraph'; lines: string[] }
  | { kind: 'heading'; level: number; content: string }
  | { kind: 'rule' }
  | { kind: 'code'; fence: string; indent: number; info: string; lines: string[] }
  | { kind: 'table'; aligns: Align[]; head: string[]; rows: string[] }

/** `sign` tells lists apart: a bullet, or what stands behind a number. */
type Marker = { sign: string; start: number | undefined }

export const childrenOf = (block: Open): Open[] => ('children' in block ? block.children : [])

/** Whether a line goes on with this block: `end` if it ends it and is used up. */
export function continues(block: Open, line: Line): boolean | 'end' {
  const { indent, isBlank } = line.look()
  switch (block.kind) {
    case 'text':
    case 'list':
      return true
    case 'quote':
      return indent < 4 && takeQuoteSign(line)
    case 'item':
      if (isBlank) {
        // An item may begin with one blank line.
        if (block.children.length === 0) return false
        line.takeGap()
        return true
      }
      if (indent < block.width) return false
      line.take(block.width)
      return true
    case 'code': {
      if (indent < 4 && isClosing(line.rest(), block.fence)) return 'end'
      line.take(Math.min(indent, block.indent))
      return true
    }
    case 'paragraph':
    case 'table':
      return !isBlank
    default:
      return false
  }
}

export function takeQuoteSign(line: Line): boolean {
  if (!line.rest().startsWith('>')) return false
  line.takeGap()
  line.skip(1)
  line.take(1)
  return true
}

function isClosing(text: string, fence: string): boolean {
  const closing = text.trimEnd()
  return closing.length >= fence.length && closing === fence[0]!.repeat(closing.length)
}

const heading = /^(#{1,6})(?:[ \t]+|$)/
const fenceOf = /^(`{3,})[^`]*$|^(~{3,})/
const rule = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/

/** A block of one line or more that begins here, other than a quote or a list. */
export function leafAt(line: Line, above: Open): Content | undefined {
  const text = line.rest()
  const titled = heading.exec(text)
  if (titled)
    return { kind: 'heading', level: titled[1]!.length, content: untrailed(text.slice(titled[0].length)) }
  const fenced = fenceOf.exec(text)
  if (fenced) {
    const fence = fenced[1] ?? fenced[2]!
    const { indent } = line.look()
    return { kind: 'code', fence, indent, info: text.slice(fence.length), lines: [] }
  }
  const table = above.kind === 'paragraph' ? tableOf(above.lines.at(-1)!, text) : undefined
  if (table) return { kind: 'table', ...table, rows: [] }
  return rule.test(text) ? { kind: 'rule' } : undefined
}

/** Without the `#` at the end, which may stand there for symmetry. */
const untrailed = (content: string): string => content.replace(/(?:^|(?<![ \t])[ \t]+)#+[ \t]*$/, '').trim()

const marker = /^(?:([*+-])|(\d{1,9})([.)]))(?=[ \t]|$)/

/** The marker of a list item, and the width of what stands before its text. Nothing is taken if there is none. */
export function takeMarker(line: Line, above: Open): { marker: Marker; width: number } | undefined {
  const { indent } = line.look()
  const text = line.rest()
  const found = marker.exec(text)
  if (!found) return undefined
  const start = found[2] === undefined ? undefined : Number(found[2])
  // A line of a paragraph may begin with a dash or a year.
  if (above.kind === 'paragraph') {
    if (text.slice(found[0].length).trim() === '' || (start !== undefined && start !== 1)) return undefined
  }
  line.takeGap()
  line.skip(found[0].length)
  const gap = line.look()
  // A wide gap is the indentation of the text.
  const width = gap.isBlank || gap.indent > 4 ? 1 : gap.indent
  line.take(width)
  return { marker: { sign: found[1] ?? found[3]!, start }, width: indent + found[0].length + width }
}
