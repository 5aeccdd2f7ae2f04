import type { Element, Root, RootContent } from 'hast'

const fixed =
  /font-family\s*:[^;]*(?:mono|courier|consolas|menlo|fira code|source code)|white-space\s*:\s*pre\s*(?:;|$)/i
const plain = new Set('div span br b i p font pre'.split(' '))

/** Whether all of it is lines of an editor: then its plain text is what was copied, and its styles are those of a scheme of colours. */
export function isCode(node: Root | Element): boolean {
  if (node.type === 'element') {
    if (!onlyPlain(node)) return hasParts(node) && partsOf(node).every(isCode)
    if (node.tagName === 'pre' || fixed.test(String(node.properties.dataStyle ?? ''))) return true
  }
  const parts = partsOf(node)
  return parts.length > 0 && !hasText(node) && parts.every(isCode)
}

const partsOf = (node: Root | Element): Element[] =>
  (node.children as RootContent[]).filter(
    (child): child is Element => child.type === 'element' && !/^(?:br|meta|head)$/.test(child.tagName),
  )

const hasText = (node: Root | Element): boolean =>
  (node.children as RootContent[]).some((child) => child.type === 'text' && child.value.trim() !== '')

const hasParts = (node: Element): boolean =>
  /^(?:html|body|div)$/.test(node.tagName) && !hasText(node) && partsOf(node).length > 0

const onlyPlain = (node: Element): boolean =>
  plain.has(node.tagName) && node.children.every((child) => child.type !== 'element' || onlyPlain(child))
