import type { Element, Root } from 'hast'
import { toMdast } from 'hast-util-to-mdast'
import type { Nodes, RootContent } from 'mdast'
import { isCode } from './is-code.ts'
import { neutral } from './neutral.ts'
import { tidied } from './tidy.ts'
import { write } from './write.ts'
import type { Reader } from './write-line.ts'

/** More is pasted as plain text. */
export const longest = 1_000_000
const mostNodes = 20_000
const deepest = 250
/** A message has 8,000. */
const mostText = 50_000
/** What is looked for in a style takes the square of its length. */
const longestStyle = 500

/** Rich text as Markdown. */
export type Rich = {
  markdown: string
  /** Whether it begins, or ends, with something that needs lines of its own. */
  opens: boolean
  closes: boolean
}

/**
 * What pasted HTML says, as Markdown; undefined if it has no formatting, is code of an editor, or is too much. `parse` makes a tree of HTML
 * without running anything of it.
 */
export function richFrom(
  html: string,
  parse: (html: string) => Root | Element,
  reader: Reader,
): Rich | undefined {
  if (html.length > longest) return undefined
  const root = parse(neutral(html))
  if (isTooMuch(root) || isCode(root)) return undefined
  const tree = toMdast(tidied({ type: 'root', children: root.children as Root['children'] }))
  const blocks = tree.type === 'root' ? tree.children : [tree as RootContent]
  if (!isFormatted(tree, reader)) return undefined
  const markdown = write(blocks, reader)
  if (markdown.trim() === '') return undefined
  const isWords = (node: RootContent | undefined) =>
    node === undefined || node.type === 'paragraph' || !('children' in node || node.type === 'code')
  return { markdown, opens: !isWords(blocks[0]), closes: !isWords(blocks.at(-1)) }
}

/** Cuts long styles on its way. */
function isTooMuch(root: Root | Element): boolean {
  let nodes = 0
  let text = 0
  const walk = (node: Root | Element, depth: number): boolean => {
    if (depth > deepest) return true
    for (const child of node.children) {
      if (child.type === 'text') text += child.value.length
      if (++nodes > mostNodes || text > mostText) return true
      if (child.type !== 'element') continue
      const { dataStyle } = child.properties
      if (typeof dataStyle === 'string') child.properties.dataStyle = dataStyle.slice(0, longestStyle)
      if (walk(child, depth + 1)) return true
    }
    return false
  }
  return walk(root, 0)
}

/** Paragraphs and line breaks are in the plain text too. So is an address that is its own text. */
function isFormatted(node: Nodes, reader: Reader): boolean {
  if (node.type === 'link')
    return reader.hrefOf(node.url) !== undefined && !isOwnText(node.url, node.children)
  if (node.type !== 'root' && node.type !== 'paragraph') return node.type !== 'text' && node.type !== 'break'
  return node.children.some((child) => isFormatted(child, reader))
}

const isOwnText = (url: string, children: readonly Nodes[]): boolean =>
  children.length === 1 && children[0]?.type === 'text' && children[0].value.trim() === url
