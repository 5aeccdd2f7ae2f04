import type { Element, ElementContent } from 'hast'

/** How deep an item of a list is for Word, which writes it as a paragraph: `mso-list:l0 level2 lfo1`. */
export function wordLevelOf(style: string): number | undefined {
  const level = /mso-list\s*:[^;]*?\blevel(\d{1,2})\b/i.exec(style)?.[1]
  return level === undefined ? undefined : Number(level)
}

/** What Word puts before the text of an item: a sign of its own font, or a number. */
const mark = /^\s*(?:([^\p{L}\p{N}\s]|o(?=\s|$)|\d{1,4}[.)]|[A-Za-z]{1,4}[.)])(?:\s+|$))/u

/** Makes lists of the paragraphs of Word that are items. */
export function listsOfWord(nodes: readonly ElementContent[]): ElementContent[] {
  const made: ElementContent[] = []
  let open: { list: Element; level: number }[] = []
  for (const node of nodes) {
    const level = node.type === 'element' ? node.properties.level : undefined
    if (node.type !== 'element' || typeof level !== 'number') {
      const isGap = node.type === 'text' && node.value.trim() === ''
      if (!isGap) open = []
      made.push(node)
      continue
    }
    while (open.length > 0 && open.at(-1)!.level > level) open.pop()
    const sign = takeMark(node)
    const name = /^\w+[.)]$/.test(sign) ? 'ol' : 'ul'
    if (open.at(-1)?.level === level && open.at(-1)!.list.tagName !== name) open.pop()
    if (open.at(-1)?.level !== level) {
      const list: Element = { type: 'element', tagName: name, properties: {}, children: [] }
      const above = open.at(-1)?.list.children.at(-1)
      if (above?.type === 'element') above.children.push(list)
      else made.push(list)
      open.push({ list, level })
    }
    const { children } = node
    open.at(-1)!.list.children.push({ type: 'element', tagName: 'li', properties: {}, children })
  }
  return made
}

/** Removes the mark from the beginning of a text, and returns it. */
function takeMark(node: Element): string {
  const first = firstText(node)
  const found = first && mark.exec(first.value)
  if (!first || !found) return ''
  first.value = first.value.slice(found[0].length)
  // The gap behind it is a piece of its own.
  const next = firstText(node)
  if (next && found[0].length > 0) next.value = next.value.trimStart()
  return found[1]!
}

function firstText(node: Element): { value: string } | undefined {
  for (const child of node.children) {
    if (child.type === 'text' && child.value.trim() !== '') return child
    const inner = child.type === 'element' ? firstText(child) : undefined
    if (inner) return inner
  }
  return undefined
}
