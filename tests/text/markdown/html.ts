import type { Block, Inline, Item } from '../../../src/text/markdown/syntax.ts'
import type { Align } from '../../../src/text/markdown/table.ts'

/** As the examples of CommonMark and GFM write a text. */
export function htmlOf(blocks: readonly Block[]): string {
  return blocks.map((block) => `${htmlOfBlock(block, false)}\n`).join('')
}

function htmlOfBlock(block: Block, isTight: boolean): string {
  switch (block.kind) {
    case 'paragraph':
      return isTight ? htmlOfInline(block.children) : `<p>${htmlOfInline(block.children)}</p>`
    case 'heading':
      return `<h${block.level}>${htmlOfInline(block.children)}</h${block.level}>`
    case 'rule':
      return '<hr />'
    case 'code': {
      const language = block.language ? ` class="language-${escaped(block.language)}"` : ''
      return `<pre><code${language}>${block.text === '' ? '' : `${escaped(block.text)}\n`}</code></pre>`
    }
    case 'quote':
      return `<blockquote>\n${htmlOf(block.blocks)}</blockquote>`
    case 'list': {
      const tag = block.start === undefined ? 'ul' : 'ol'
      const start = block.start === undefined || block.start === 1 ? '' : ` start="${block.start}"`
      const items = block.items.map((item) => `<li>${insideOf(item, !block.isLoose)}</li>\n`)
      return `<${tag}${start}>\n${items.join('')}</${tag}>`
    }
    case 'table': {
      const { aligns, head, rows } = block
      const full = rows.map((row) => aligns.map((_, at) => row[at] ?? []))
      const body =
        full.length === 0 ? '' : `<tbody>\n${full.map((row) => rowOf(row, aligns, 'td')).join('')}</tbody>\n`
      return `<table>\n<thead>\n${rowOf(head, aligns, 'th')}</thead>\n${body}</table>`
    }
  }
}

const rowOf = (cells: Inline[][], aligns: Align[], tag: string) =>
  `<tr>\n${cells
    .map((cell, at) => {
      const align = aligns[at] ? ` align="${aligns[at]}"` : ''
      return `<${tag}${align}>${htmlOfInline(cell)}</${tag}>\n`
    })
    .join('')}</tr>\n`

function insideOf({ isDone, blocks }: Item, isTight: boolean): string {
  const box = isDone === undefined ? '' : `<input ${isDone ? 'checked="" ' : ''}disabled="" type="checkbox"> `
  let html = ''
  for (const [at, block] of blocks.entries()) {
    const isText = isTight && block.kind === 'paragraph'
    if (!isText && !html.endsWith('\n')) html += '\n'
    html += htmlOfBlock(block, isTight)
    if (!isText || at < blocks.length - 1) html += '\n'
  }
  return box + html
}

const htmlOfInline = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (typeof part === 'string') return escaped(part)
      if (part.kind === 'code') return `<code>${escaped(part.text)}</code>`
      if (part.kind === 'mention') return escaped(part.text)
      const inner = htmlOfInline(part.children)
      if (part.kind !== 'link') return `<${tags[part.kind]}>${inner}</${tags[part.kind]}>`
      const title = part.title === undefined ? '' : ` title="${escaped(part.title)}"`
      return `<a href="${escaped(part.href)}"${title}>${inner}</a>`
    })
    .join('')

const tags = { strong: 'strong', em: 'em', strike: 'del', spoiler: 'span' }

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
