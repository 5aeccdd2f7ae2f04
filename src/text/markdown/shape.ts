import { isBlank } from '../blank.ts'
import { beginningOf } from '../cut.ts'
import { childrenOf, type Open } from './containers.ts'
import { parseInline } from './inline.ts'
import { unescaped } from './link-tail.ts'
import type { Reading } from './reading.ts'
import type { Block, Inline, Item } from './syntax.ts'
import { cellsOf } from './table.ts'

/** Makes the tree of a text of its blocks. What would show nothing is shown as it was written. */
export function shapeOf(blocks: readonly Open[], reading: Reading, written: string): Block[] {
  const shaped = blocks.map((block) => blockOf(block, reading))
  if (shaped.some(isVisible) || isBlank(written)) return shaped
  return [{ kind: 'paragraph', children: [written.trim()] }]
}

function blockOf(block: Open, reading: Reading): Block {
  switch (block.kind) {
    case 'paragraph':
      return { kind: 'paragraph', children: parseInline(textOf(block.lines), reading) }
    case 'heading':
      return { kind: 'heading', level: block.level, children: parseInline(block.content, reading) }
    case 'rule':
      return { kind: 'rule' }
    case 'code':
      return { kind: 'code', text: block.lines.join('\n'), language: languageIn(block.info) }
    case 'table': {
      const cells = (row: readonly string[]): Inline[][] => row.map((cell) => parseInline(cell, reading))
      const { aligns, head, rows } = block
      return {
        ...{ kind: 'table', aligns, head: cells(head) },
        rows: rows.map((row) => cells(cellsOf(row).slice(0, aligns.length))),
      }
    }
    case 'list': {
      const isLoose = block.children.some((item, index) => isApart(item, index < block.children.length - 1))
      const items = block.children.map((item) => itemOf(item, reading))
      return { kind: 'list', start: block.marker.start, isLoose, items }
    }
    default:
      return { kind: 'quote', blocks: childrenOf(block).map((each) => blockOf(each, reading)) }
  }
}

const textOf = (lines: readonly string[]): string => lines.join('\n').trimEnd()

const languageIn = (info: string): string => beginningOf(unescaped(info.trim().split(/\s/, 1)[0]!), 24)

const task = /^\s*\[([ xX])\]\s+(?=\S)/

/** GFM 5.3: an item that begins with `[ ]` or `[x]` is a task. */
function itemOf(item: Open, reading: Reading): Item {
  const [first, ...more] = childrenOf(item)
  const text = first?.kind === 'paragraph' ? textOf(first.lines) : ''
  const box = task.exec(text)
  if (!box) return { blocks: childrenOf(item).map((each) => blockOf(each, reading)) }
  const said: Block = { kind: 'paragraph', children: parseInline(text.slice(box[0].length), reading) }
  return { isDone: box[1] !== ' ', blocks: [said, ...more.map((each) => blockOf(each, reading))] }
}

/** CommonMark 5.3: a list is loose if blank lines stand between its items, or between the blocks of one. */
function isApart(item: Open, isFollowed: boolean): boolean {
  if (isFollowed && endsBlank(item)) return true
  const blocks = childrenOf(item)
  return blocks.some((block, index) => (isFollowed || index < blocks.length - 1) && endsBlank(block))
}

function endsBlank(block: Open | undefined): boolean {
  if (!block || block.hadBlank) return block !== undefined
  return (block.kind === 'list' || block.kind === 'item') && endsBlank(block.children.at(-1))
}

function isVisible(block: Block): boolean {
  switch (block.kind) {
    case 'quote':
      return block.blocks.some(isVisible)
    case 'list':
      return block.items.some(({ blocks }) => blocks.some(isVisible))
    case 'code':
      return !isBlank(block.text)
    case 'rule':
    case 'table':
      return true
    default:
      return block.children.length > 0
  }
}
