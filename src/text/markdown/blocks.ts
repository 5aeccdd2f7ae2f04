import { beginningOf } from '../cut.ts'
import { parseInline } from './inline.ts'
import { newReading, type Reading } from './reading.ts'
import type { Block } from './syntax.ts'

/** No two parts of a pattern match the same characters: otherwise a hostile text would cause endless backtracking. */
const fence = /^ {0,3}(`{3,}|~{3,}(?!~))([^`]*)$/
const heading = /^#{1,6} +(.+)$/
const quote = /^ {0,3}> ?/
const bullet = /^( {0,3})([-*+]|(\d{1,9})[.)])( +)(?=\S)/
/** Quotes and lists may be nested so deep; a deeper one is shown as written. */
const deepest = 3

/** The blocks of Markdown as it is used in chats: a line break stays a line break. */
export function parseBlocks(text: string, reading: Reading = newReading()): Block[] {
  return blocksOf(text.replace(/\r\n?/g, '\n').split('\n'), 0, reading)
}

function blocksOf(lines: readonly string[], depth: number, reading: Reading): Block[] {
  const blocks: Block[] = []
  let said: string[] = []
  const endParagraph = () => {
    if (said.length > 0) blocks.push({ kind: 'paragraph', children: parseInline(said.join('\n'), reading) })
    said = []
  }
  const put = (block: Block) => {
    endParagraph()
    blocks.push(block)
  }

  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!
    const fenced = fence.exec(line)
    const titled = heading.exec(line)
    if (line.trim() === '') {
      endParagraph()
      at++
    } else if (fenced) {
      const end = endOfCode(lines, at + 1, fenced[1]!)
      put({ kind: 'code', text: lines.slice(at + 1, end).join('\n'), language: languageIn(fenced[2]!) })
      at = end + 1
    } else if (titled) {
      endParagraph()
      put({
        kind: 'heading',
        level: line.indexOf(' '),
        children: parseInline(titled[1]!.replace(/(?<! ) +#+ *$/, ''), reading),
      })
      at++
    } else if (depth < deepest && quote.test(line)) {
      endParagraph()
      const end = endOf(lines, at, (next) => quote.test(next))
      const inner = lines.slice(at, end).map((each) => each.replace(quote, ''))
      put({ kind: 'quote', blocks: blocksOf(inner, depth + 1, reading) })
      at = end
    } else if (depth < deepest && bullet.test(line)) {
      endParagraph()
      at = putList(lines, at, depth, blocks, reading)
    } else {
      said.push(line)
      at++
    }
  }
  endParagraph()
  return blocks
}

const languageIn = (info: string): string => beginningOf(info.trim().split(/\s/, 1)[0]!, 24)

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  let end = from
  while (end < lines.length && belongs(lines[end]!)) end++
  return end
}

/** A fence that is never closed contains the rest of the text. */
function endOfCode(lines: readonly string[], from: number, sign: string): number {
  return endOf(lines, from, (line) => {
    const closing = line.trim()
    return !(closing.length >= sign.length && closing === sign[0]!.repeat(closing.length))
  })
}

/** An item has its line and the indented lines below. Bullets and numbers do not mix in one list. */
function putList(
  lines: readonly string[],
  from: number,
  depth: number,
  blocks: Block[],
  reading: Reading,
): number {
  const [, , , number] = bullet.exec(lines[from]!)!
  const ordered = number !== undefined
  const items: Block[][] = []
  let at = from
  for (;;) {
    const found = at < lines.length ? bullet.exec(lines[at]!) : null
    if (!found || (found[3] !== undefined) !== ordered) break
    const end = endOf(lines, at + 1, (next) => /^ {2,}\S/.test(next))
    const indent = found[1]!.length + 2
    const below = lines.slice(at + 1, end).map((each) => each.slice(Math.min(indent, leading(each))))
    items.push(blocksOf([lines[at]!.slice(found[0].length), ...below], depth + 1, reading))
    at = end
  }
  blocks.push({ kind: 'list', start: ordered ? Number(number) : undefined, items })
  return at
}

const leading = (line: string) => line.length - line.trimStart().length
