import { childrenOf, continues, leafAt, type Open, takeMarker, takeQuoteSign } from './containers.ts'
import { type Line, readLine } from './line.ts'
import { newReading, type Reading } from './reading.ts'
import { shapeOf } from './shape.ts'
import type { Block } from './syntax.ts'

/** So deep may quotes and items of lists be in each other. A deeper one is text. */
const deepest = 12

/**
 * The blocks of a message: CommonMark 4 and 5 and the tables of GFM, line by line, without indented code, underlined headings,
 * HTML and reference definitions. A line break is a line break, a line keeps its indentation, and a line without `>` or any
 * indentation is behind the quote or the list.
 */
export function parseBlocks(text: string, reading: Reading = newReading()): Block[] {
  const root: Open & { kind: 'text' } = { kind: 'text', children: [], hadBlank: false, parent: undefined }
  let tip: Open = root
  let number = 0
  for (const each of text.replace(/\r\n?/g, '\n').split('\n'))
    tip = addLine(root, tip, readLine(each), ++number)
  return shapeOf(root.children, reading, text)
}

/** What a block other than a paragraph can begin with. */
const first = /^[>#`~*+\-_|:\d]/

/** Adds a line, and returns the innermost open block. */
function addLine(root: Open, tip: Open, line: Line, number: number): Open {
  let block: Open = root
  let isTip = false
  for (;;) {
    const last: Open | undefined = childrenOf(block).at(-1)
    if (block === tip) isTip = true
    if (isTip || !last) break
    const goesOn = continues(last, line)
    if (goesOn === 'end') return last.parent!
    if (!goesOn) break
    block = last
  }

  let depth = 0
  for (let each: Open | undefined = block; each; each = each.parent)
    if (each.kind === 'quote' || each.kind === 'item') depth++
  let begun = false
  const begin = (parent: Open, content: object): Open => {
    begun = true
    setBlank(parent, false)
    const child = { ...content, parent, hadBlank: false } as Open
    childrenOf(parent).push(child)
    return child
  }

  while (block.kind !== 'code') {
    const { indent, isBlank } = line.look()
    if (isBlank || indent >= 4 || !first.test(line.rest())) break
    const parent: Open = 'children' in block ? block : block.parent!
    if (depth < deepest && takeQuoteSign(line)) {
      block = begin(outOfList(parent), { kind: 'quote', children: [] })
      depth++
      continue
    }
    const leaf = leafAt(line, block)
    if (leaf) {
      if (leaf.kind === 'table' && block.kind === 'paragraph') {
        block.lines.pop()
        if (block.lines.length === 0) childrenOf(parent).pop()
      }
      const child = begin(outOfList(parent), leaf)
      return 'level' in leaf || leaf.kind === 'rule' ? child.parent! : child
    }
    const found = depth < deepest ? takeMarker(line, block) : undefined
    if (!found) break
    const { marker, width } = found
    const isSame = parent.kind === 'list' && parent.marker.sign === marker.sign
    const list = isSame ? parent : begin(outOfList(parent), { kind: 'list', children: [], marker })
    block = begin(list, { kind: 'item', children: [], width, line: number })
    depth++
  }

  const { isBlank, indent } = line.look()
  // "1. a" and "  b": a line that is indented, but less than the text of its item.
  if (!begun && !isBlank && indent >= 2 && tip.kind === 'paragraph' && isBelowItems(tip, block)) {
    line.takeGap()
    tip.lines.push(line.all())
    return tip
  }
  if (isBlank) {
    const last = childrenOf(block).at(-1)
    if (last) last.hadBlank = true
  }
  const hadBlank =
    isBlank &&
    block.kind !== 'quote' &&
    block.kind !== 'code' &&
    !(block.kind === 'item' && block.children.length === 0 && block.line === number)
  setBlank(block, hadBlank)

  if (block.kind === 'code') block.lines.push(line.all())
  else if (block.kind === 'paragraph' && !isBlank) block.lines.push(line.all())
  else if (block.kind === 'table' && !isBlank) block.rows.push(line.rest())
  else if (!isBlank) return begin(outOfList(block), { kind: 'paragraph', lines: [line.all()] })
  return block
}

/** Whether a block is in an item of a list that does not go on, and in no quote that does not. */
function isBelowItems(block: Open, matched: Open): boolean {
  let isInItem = false
  for (let each: Open | undefined = block; each && each !== matched; each = each.parent) {
    if (each.kind === 'quote') return false
    if (each.kind === 'item') isInItem = true
  }
  return isInItem
}

function setBlank(block: Open, hadBlank: boolean): void {
  for (let each: Open | undefined = block; each; each = each.parent) each.hadBlank = hadBlank
}

const outOfList = (block: Open): Open => (block.kind === 'list' ? block.parent! : block)
