import type { Inline } from '../../../text/markdown/syntax.ts'
import { escaped } from './escape.ts'
import { isBare, type Leaf, type Looks, leavesRead, printOf } from './leaves.ts'

/** What the page reads Markdown with. It is handed in, so that this file brings no second one. */
export type Reader = {
  read(text: string): Inline[]
  hrefOf(address: string): string | undefined
  addressesIn(text: string): readonly { from: number; end: number }[]
}

type Look = keyof Looks
const looks: readonly Look[] = ['link', 'strike', 'strong', 'em']

/** Writes the inside of a paragraph, and reads it again: where our reader would show it in another way, the marks are left out. */
export function writeLine(leaves: readonly Leaf[], reader: Reader): string {
  const trimmed = trim(leaves)
  const written = ifReadAlike(trimmed, reader)
  if (written !== undefined) return written
  // Mostly a mark in the middle of a word. The others stay.
  let kept = trimmed.map(unmarked)
  const runs = markedRuns(trimmed)
  if (runs.length <= mostTried)
    for (const [from, end] of runs) {
      const tried = kept.map((leaf, at) => (at >= from && at < end ? trimmed[at]! : leaf))
      if (ifReadAlike(tried, reader) !== undefined) kept = tried
    }
  return write(joined(kept), looks, alone, reader)
}

const mostTried = 30
const alone = { before: '', after: '', isInLink: false }

function ifReadAlike(leaves: readonly Leaf[], reader: Reader): string | undefined {
  const written = write(joined(leaves), looks, alone, reader)
  return printOf(leavesRead(reader.read(written))) === printOf(leaves) ? written : undefined
}

/** The backticks of two pieces of code would be one sign. */
function joined(leaves: readonly Leaf[]): Leaf[] {
  const made: Leaf[] = []
  for (const leaf of leaves) {
    const last = made.at(-1)
    const isSame = last?.isCode && leaf.isCode && looks.every((look) => last.looks[look] === leaf.looks[look])
    if (isSame) made[made.length - 1] = { ...leaf, text: last.text + leaf.text }
    else made.push(leaf)
  }
  return made
}

const unmarked = (leaf: Leaf): Leaf => {
  const { link } = leaf.looks
  return { ...leaf, looks: link === undefined ? {} : { link } }
}

/** Where marks begin and end. */
function markedRuns(leaves: readonly Leaf[]): [from: number, end: number][] {
  const runs: [number, number][] = []
  leaves.forEach(({ looks: { link: _, ...marks } }, at) => {
    if (Object.keys(marks).length === 0) return
    const last = runs.at(-1)
    if (last?.[1] === at) last[1]++
    else runs.push([at, at + 1])
  })
  return runs
}

/** Without spaces around line breaks and at both ends. */
function trim(leaves: readonly Leaf[]): Leaf[] {
  const kept: Leaf[] = []
  for (const leaf of leaves) {
    let { text } = leaf
    if (!leaf.isCode && text !== '\n' && / $|^$|^\n/.test(endOf(kept))) text = text.replace(/^ +/, '')
    if (text === '\n')
      while (kept.length > 0 && !kept.at(-1)!.isCode && / $/.test(kept.at(-1)!.text)) shorten(kept)
    if (text === '\n' && /^\n?$/.test(endOf(kept))) continue
    if (text !== '') kept.push({ ...leaf, text })
  }
  while (kept.length > 0 && !kept.at(-1)!.isCode && /\s$/.test(kept.at(-1)!.text)) shorten(kept)
  return kept
}

const endOf = (leaves: readonly Leaf[]): string => leaves.at(-1)?.text.slice(-1) ?? ''

function shorten(leaves: Leaf[]): void {
  const last = leaves.pop()!
  const text = last.text.trimEnd()
  if (text !== '') leaves.push({ ...last, text })
}

type Around = { before: string; after: string; isInLink: boolean }

/** The look that goes the furthest is outside. */
function write(leaves: readonly Leaf[], left: readonly Look[], around: Around, reader: Reader): string {
  let written = ''
  for (let at = 0; at < leaves.length; ) {
    const [look, end] = longest(leaves, at, left)
    const inner = leaves.slice(at, end)
    at = end
    const before = written.at(-1) ?? around.before
    const after = leaves[end]?.text[0] ?? around.after
    written +=
      look === undefined
        ? writeLeaf(
            inner[0]!,
            { ...around, before, after: afterOf(leaves[end], left) ?? around.after },
            reader,
          )
        : wrap(look, inner, left, { ...around, before, after }, reader)
  }
  return written
}

function longest(leaves: readonly Leaf[], from: number, left: readonly Look[]): [Look | undefined, number] {
  let found: [Look | undefined, number] = [undefined, from + 1]
  for (const look of left) {
    const value = leaves[from]!.looks[look]
    if (value === undefined) continue
    let end = from + 1
    while (end < leaves.length && leaves[end]!.looks[look] === value) end++
    if (found[0] === undefined || end > found[1]) found = [look, end]
  }
  return found
}

/** The first letter that is written for a leaf, as far as that matters. */
const afterOf = (leaf: Leaf | undefined, left: readonly Look[]): string | undefined =>
  leaf && (left.includes('link') && leaf.looks.link !== undefined ? '[' : leaf.text[0])

const signs = { strike: '~~', strong: '**' }

function wrap(
  look: Look,
  leaves: readonly Leaf[],
  left: readonly Look[],
  around: Around,
  reader: Reader,
): string {
  const { link } = leaves[0]!.looks
  const rest = left.filter((each) => each !== look)
  const inside = (more: Partial<Around>, inner = leaves) => write(inner, rest, { ...around, ...more }, reader)
  // Spaces at the edges stay outside, or the marks would be none.
  const [start, core, end] = peeled(leaves)
  if (core.length === 0) return inside({})
  if (look !== 'link') {
    const isTight = isWord(start || around.before) || isWord(end || around.after)
    const sign = look === 'em' ? (isTight ? '*' : '_') : signs[look]
    return start + sign + inside({ before: sign[0]!, after: sign[0]! }, core) + sign + end
  }
  const text = core.map((leaf) => leaf.text).join('')
  if (isBare(text, link!) && isWholeAddress(text, link!, reader)) {
    const isApart = /^\s?$/.test(start || around.before) && /^\s?$/.test(end || around.after)
    return start + (isApart || link !== text ? text : `<${text}>`) + end
  }
  const label = inside({ before: '[', after: ']', isInLink: true }, core)
  return `${start}[${label}](${/[()\\]/.test(link!) ? `<${link}>` : link})${end}`
}

const isWord = (text: string): boolean => /[\p{L}\p{N}_]/u.test(text.at(-1) ?? '')

function isWholeAddress(text: string, link: string, { read }: Reader): boolean {
  const [only, ...more] = read(text)
  return more.length === 0 && typeof only === 'object' && only.kind === 'link' && only.href === link
}

function peeled(leaves: readonly Leaf[]): [start: string, core: Leaf[], end: string] {
  const core = [...leaves]
  let [start, end] = ['', '']
  for (let first = core[0]; first && !first.isCode; first = core[0]) {
    const text = first.text.trimStart()
    start += first.text.slice(0, first.text.length - text.length)
    if (text !== '') {
      core[0] = { ...first, text }
      break
    }
    core.shift()
  }
  for (let last = core.at(-1); last && !last.isCode; last = core.at(-1)) {
    const text = last.text.trimEnd()
    end = last.text.slice(text.length) + end
    core[core.length - 1] = { ...last, text }
    if (text !== '') break
    core.pop()
  }
  return [start, core, end]
}

function writeLeaf({ text, isCode }: Leaf, place: Around, { addressesIn }: Reader): string {
  if (!isCode) return escaped(text, place, addressesIn)
  const runs = new Set(text.match(/`+/g)?.map((run) => run.length))
  let width = 1
  while (runs.has(width)) width++
  const fence = '`'.repeat(width)
  const pad = /^`|`$|^ .* $/.test(text) ? ' ' : ''
  return fence + pad + text + pad + fence
}
