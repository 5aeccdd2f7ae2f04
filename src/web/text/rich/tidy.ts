import type { Element, ElementContent, Properties, Root, RootContent } from 'hast'
import { listsOfWord, wordLevelOf } from './word-lists.ts'

/** Nothing of it is read, or it has no words. */
const dropped = new Set(
  'script style template noscript title head meta link iframe object embed video audio canvas svg math select button textarea dialog'.split(
    ' ',
  ),
)
const inline = new Set('span b strong i em a u s del strike font small big mark label cite ins'.split(' '))
const headings = /^(?:h[1-6]|th)$/
const strong = /^(?:b|strong)$/
const slanted = /^(?:i|em)$/

/** The properties that say more than how something looks. */
const kept = ['href', 'start', 'align', 'className', 'type', 'checked']

/**
 * What a browser or a program for texts has put into the clipboard, as HTML that means what it shows: Google Docs says with styles what
 * is bold, and is all in one `<b>` that is not; Word has paragraphs that look like lists.
 */
export const tidied = (root: Root): Root => ({ type: 'root', children: childrenOf(root, false) })

function childrenOf(parent: Root | Element, isStrong: boolean): ElementContent[] {
  const nodes = (parent.children as RootContent[]).flatMap((child) => tidy(child, isStrong))
  return linesJoined(listsOfWord(nodes))
}

/** A `<div>` for each line, as mail and chats have them, is a paragraph with line breaks. */
function linesJoined(nodes: readonly ElementContent[]): ElementContent[] {
  const made: ElementContent[] = []
  let lines: Element | undefined
  for (const node of nodes) {
    if (node.type === 'text' && node.value.trim() === '' && lines) continue
    const isLine = node.type === 'element' && node.tagName === 'div' && !node.children.some(hasBlock)
    if (!isLine) lines = undefined
    if (!isLine || !lines) {
      if (isLine) lines = element('p', {}, [...node.children])
      made.push(lines ?? node)
    } else lines.children.push(element('br', {}, []), ...withoutLastBreak(node.children))
  }
  return made
}

/** `<div><br></div>` is one empty line. */
function withoutLastBreak(nodes: readonly ElementContent[]): ElementContent[] {
  const last = nodes.at(-1)
  return last?.type === 'element' && last.tagName === 'br' ? nodes.slice(0, -1) : [...nodes]
}

function tidy(node: RootContent, isStrong: boolean): ElementContent[] {
  if (node.type === 'text') return [{ type: 'text', value: node.value.replace(/\u00a0/g, ' ') }]
  if (node.type !== 'element') return []
  const { tagName: name, properties } = node
  const style = styleOf(node)
  if (dropped.has(name) || isHidden(properties, style)) return []
  if (name === 'img') return pictured(properties)
  if (name === 'input' && properties.type !== 'checkbox') return []
  if (name === 'br' && String(properties.className).includes('Apple-interchange-newline')) return []
  const level = name === 'p' ? wordLevelOf(style) : undefined
  const isTitle = headings.test(name)
  const children = childrenOf(node, isStrong || isTitle)
  const weight = /(?:^|;)\s*font-weight\s*:\s*([a-z0-9]+)/i.exec(style)?.[1]
  const isLight = weight !== undefined && !isBold(weight)
  if (strong.test(name) && (isLight || isStrong)) return children
  if (slanted.test(name) && /font-style\s*:\s*normal/i.test(style)) return children
  if (name === 'ul' || name === 'ol') return [element(name, properties, itemsOf(children))]
  if (name === 'li') return [element(name, properties, withBox(properties, children))]
  if (name === 'table' && isOneCell(children)) return children
  const wrapped = inline.has(name) && !children.some(hasBlock) ? looking(style, children, isStrong) : children
  return [element(name, { ...properties, ...(level === undefined ? {} : { level }) }, wrapped)]
}

const styleOf = ({ properties }: Element): string => String(properties.dataStyle ?? '')

const isBold = (weight: string): boolean => /^bold/i.test(weight) || Number(weight) >= 600

const isHidden = (properties: Properties, style: string): boolean =>
  properties.hidden === true || /display\s*:\s*none|mso-list\s*:\s*Ignore;display/i.test(style)

/** A picture of an emoji is the emoji, or its name. */
function pictured({ alt }: Properties): ElementContent[] {
  const text = String(alt ?? '')
  return /^:[\w+-]+:$/.test(text) || (text !== '' && !/[\p{L}\p{N}]/u.test(text))
    ? [{ type: 'text', value: text }]
    : []
}

/** What is underlined would be slanted. */
const unmarked = /^(?:u|ins|mark)$/

function element(name: string, properties: Properties, children: ElementContent[]): Element {
  const own = Object.fromEntries(
    Object.entries(properties).filter(([key]) => kept.includes(key) || key === 'level'),
  )
  return { type: 'element', tagName: unmarked.test(name) ? 'span' : name, properties: own, children }
}

const blocks = /^(?:p|div|ul|ol|li|table|h[1-6]|blockquote|pre|section|article|hr|dl)$/
const isBlock = (node: ElementContent): boolean => node.type === 'element' && blocks.test(node.tagName)

const hasBlock = (node: ElementContent): boolean =>
  isBlock(node) || (node.type === 'element' && node.children.some(hasBlock))

/** What a style says, as elements. */
function looking(style: string, children: ElementContent[], isStrong: boolean): ElementContent[] {
  const wrap = (name: string, inner: ElementContent[]): ElementContent[] => [element(name, {}, inner)]
  let inner = children
  const weight = /(?:^|;)\s*font-weight\s*:\s*([a-z0-9]+)/i.exec(style)?.[1]
  if (weight !== undefined && isBold(weight) && !isStrong) inner = wrap('strong', inner)
  if (/font-style\s*:\s*(?:italic|oblique)/i.test(style)) inner = wrap('em', inner)
  if (/text-decoration(?:-line)?\s*:[^;]*line-through/i.test(style)) inner = wrap('del', inner)
  return inner
}

/** Google Docs puts a list into a list, next to the item that it belongs to. */
function itemsOf(children: readonly ElementContent[]): ElementContent[] {
  const items: ElementContent[] = []
  for (const child of children) {
    const isList = child.type === 'element' && /^[uo]l$/.test(child.tagName)
    const last = items.findLast((item) => item.type === 'element')
    if (isList && last?.type === 'element' && last.tagName === 'li') last.children.push(child)
    else items.push(child)
  }
  return items
}

/** Google Docs says by ARIA what is done. */
function withBox(properties: Properties, children: ElementContent[]): ElementContent[] {
  const checked = properties.ariaChecked
  if (checked === undefined || checked === null) return children
  const box = element('input', { type: 'checkbox', checked: String(checked) === 'true' }, [])
  const [first, ...more] = children
  if (first?.type === 'element' && first.tagName === 'p')
    return [{ ...first, children: [box, ...first.children] }, ...more]
  return [
    element('p', {}, [box, ...children.filter((child) => !isBlock(child))]),
    ...children.filter(isBlock),
  ]
}

/** A cell of a spreadsheet, or a page that is laid out by a table. */
function isOneCell(children: readonly ElementContent[]): boolean {
  let cells = 0
  const count = (nodes: readonly ElementContent[]) => {
    for (const node of nodes) {
      if (node.type !== 'element') continue
      if (node.tagName === 'td' || node.tagName === 'th') cells++
      else count(node.children)
    }
  }
  count(children)
  return cells <= 1
}
