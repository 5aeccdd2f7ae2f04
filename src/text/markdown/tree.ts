import type { Mark, Run } from './emphasis.ts'
import type { Inline } from './syntax.ts'

export type Link = { kind: 'start'; href: string; title?: string }
export type Token = Exclude<Inline, { kind: Mark }> | Run | Link | { kind: 'end' }

type Open = { mark: Mark | Link; children: Inline[] }

/** Makes a tree of tokens in which the marks are paired. */
export function treeOf(tokens: readonly Token[]): Inline[] {
  const root: Inline[] = []
  const open: Open[] = []
  let links = 0

  const put = (part: Inline) => {
    const children = open.at(-1)?.children ?? root
    const last = children.at(-1)
    if (part === '') return
    if (typeof part === 'string' && typeof last === 'string') children[children.length - 1] = last + part
    else children.push(part)
  }
  const end = () => {
    const { mark, children } = open.pop()!
    if (typeof mark === 'string') return put({ kind: mark, children })
    // A link or an image in the text of a link is text.
    if (--links > 0) return children.forEach(put)
    const { href, title } = mark
    const shown = children.length === 0 ? [href] : children
    put({ kind: 'link', href, ...(title === undefined ? {} : { title }), children: shown })
  }

  for (const token of tokens) {
    if (typeof token === 'string') put(token)
    else if ('letter' in token) {
      for (const _ of token.closes) end()
      put(token.letter.repeat(token.left))
      for (const mark of token.opens) open.push({ mark, children: [] })
    } else if (token.kind === 'start') {
      links++
      open.push({ mark: token, children: [] })
    } else if (token.kind === 'end') end()
    else if (token.kind === 'link' && links > 0) token.children.forEach(put)
    else put(token)
  }
  return root
}
