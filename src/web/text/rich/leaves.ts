import type { PhrasingContent } from 'mdast'
import type { Inline } from '../../../text/markdown/syntax.ts'

/** How a piece of text looks. `link` is the address that it leads to. */
export type Looks = { strong?: true; em?: true; strike?: true; link?: string }

/** The smallest pieces of a paragraph, each with everything that is around it. A line break is the text `\n`. */
export type Leaf = { text: string; isCode?: true; looks: Looks }

const looksOf = { strong: 'strong', emphasis: 'em', delete: 'strike' } as const

/** The leaves of a tree that was read from HTML. `hrefOf` says what a link leads to, if it is safe. */
export function leavesOf(
  nodes: readonly PhrasingContent[],
  hrefOf: (address: string) => string | undefined,
  looks: Looks = {},
): Leaf[] {
  return nodes.flatMap((node): Leaf[] => {
    switch (node.type) {
      case 'text':
        return [{ text: node.value.replace(/\s+/g, ' '), looks }]
      case 'break':
        return [{ text: '\n', looks }]
      case 'inlineCode':
        return node.value.trim() === '' ? [] : [{ text: node.value.replace(/\s/g, ' '), isCode: true, looks }]
      case 'strong':
      case 'emphasis':
      case 'delete':
        return leavesOf(node.children, hrefOf, { ...looks, [looksOf[node.type]]: true })
      case 'link': {
        const link = hrefOf(node.url)
        return leavesOf(node.children, hrefOf, link === undefined ? looks : { ...looks, link })
      }
      default:
        return 'children' in node ? leavesOf(node.children, hrefOf, looks) : []
    }
  })
}

/** The leaves of the tree that our own reader makes of a message. */
export function leavesRead(parts: readonly Inline[], looks: Looks = {}): Leaf[] {
  return parts.flatMap((part): Leaf[] => {
    if (typeof part === 'string') return [{ text: part, looks }]
    switch (part.kind) {
      case 'code':
        return [{ text: part.text, isCode: true, looks }]
      case 'mention':
        return [{ text: part.text, looks }]
      case 'link':
        return leavesRead(part.children, { ...looks, link: part.href })
      case 'spoiler':
        return [{ text: `||${part.kind}||`, looks }]
      default:
        return leavesRead(part.children, { ...looks, [part.kind]: true })
    }
  })
}

/** Whether an address is shown by itself. */
export const isBare = (text: string, href: string): boolean =>
  href === text || href === `http://${text}` || href === `mailto:${text}`

/** Equal for leaves that look alike, however they are divided. */
export function printOf(leaves: readonly Leaf[]): string {
  const whole = new Map<string, string>()
  for (const { text, looks } of leaves)
    if (looks.link !== undefined) whole.set(looks.link, (whole.get(looks.link) ?? '') + text)
  let print = ''
  let last = ''
  for (const { text, isCode, looks } of leaves) {
    const { link, ...marks } = looks
    const leads = link !== undefined && !isBare(whole.get(link)!, link) ? link : ''
    // How a space looks nobody sees.
    const looked = `${Object.keys(marks).sort()} ${isCode ?? ''} ${leads}`
    for (const piece of isCode ? [text] : text.split(/(\s+)/)) {
      if (piece === '') continue
      if (!isCode && piece.trim() === '') print += piece.includes('\n') ? '\n' : ' '
      else {
        if (looked !== last) print += `\0${looked}\0`
        last = looked
        print += piece
      }
    }
  }
  const lines = print.split('\n').map((line) => line.trim())
  return lines.join('\n').trim()
}
