import type { List, ListItem, PhrasingContent, RootContent, Table } from 'mdast'
import { type Leaf, leavesOf } from './leaves.ts'
import { type Reader, writeLine } from './write-line.ts'

/** As deep as our reader reads quotes and lists. */
const deepest = 12

/** A tree that was read from HTML, in the Markdown that our reader shows alike (decisions 020 and 041). */
export const write = (nodes: readonly RootContent[], reader: Reader): string =>
  writeBlocks(nodes, reader, 0, false)

const containers = new Set(['blockquote', 'list', 'code', 'table', 'thematicBreak', 'heading', 'paragraph'])

function writeBlocks(nodes: readonly RootContent[], reader: Reader, depth: number, isTight: boolean): string {
  let written = ''
  let last: RootContent | undefined
  let lastSign = ''
  for (const node of asBlocks(nodes)) {
    let sign = ''
    let text: string
    if (node.type === 'list') {
      const [first, second] = node.ordered ? ['.', ')'] : ['-', '*']
      // Otherwise two lists would become one.
      sign = last?.type === 'list' && lastSign === first ? second! : first!
      text = writeList(node, sign, reader, depth)
    } else text = writeBlock(node, reader, depth)
    if (text === '') continue
    const isClose = isTight && node.type === 'list' && last?.type === 'paragraph'
    if (written !== '') written += isClose ? '\n' : '\n\n'
    written += text
    last = node
    lastSign = sign
  }
  return written
}

/** Text that is in no paragraph is in one. */
function asBlocks(nodes: readonly RootContent[]): RootContent[] {
  const blocks: RootContent[] = []
  let loose: PhrasingContent[] = []
  const end = () => {
    if (loose.length > 0) blocks.push({ type: 'paragraph', children: loose })
    loose = []
  }
  for (const node of nodes) {
    if (containers.has(node.type)) {
      end()
      blocks.push(node)
    } else loose.push(node as PhrasingContent)
  }
  end()
  return blocks
}

function writeBlock(node: RootContent, reader: Reader, depth: number): string {
  switch (node.type) {
    case 'paragraph':
      return paragraphsOf(leavesOf(node.children, reader.hrefOf))
        .map((leaves) => writeLine(leaves, reader))
        .filter((text) => text !== '')
        .join('\n\n')
    case 'heading': {
      const title = writeLine(withoutBreaks(leavesOf(node.children, reader.hrefOf)), reader)
      // A `#` at the end may stand there for symmetry.
      return title === '' ? '' : `${'#'.repeat(node.depth)} ${title.replace(/(?<!\\)#$/, '\\#')}`
    }
    case 'thematicBreak':
      // "- ---" would be a rule.
      return depth === 0 ? '---' : '***'
    case 'code':
      return writeCode(node.value, node.lang ?? '')
    case 'blockquote': {
      const inner = writeBlocks(node.children, reader, depth + 1, false)
      if (depth >= deepest || inner === '') return inner
      return inner.replace(/^/gm, '> ').replace(/^> $/gm, '>')
    }
    case 'table':
      return writeTable(node, reader)
    default:
      return ''
  }
}

/** An empty line ends a paragraph, and all marks in it. */
function paragraphsOf(leaves: readonly Leaf[]): Leaf[][] {
  const paragraphs: Leaf[][] = [[]]
  leaves.forEach((leaf, at) => {
    const isSecond = leaf.text === '\n' && leaves[at - 1]?.text === '\n'
    if (isSecond) paragraphs.push([])
    else paragraphs.at(-1)!.push(leaf)
  })
  return paragraphs
}

const withoutBreaks = (leaves: readonly Leaf[]): Leaf[] =>
  leaves.map((leaf) => (leaf.text === '\n' ? { ...leaf, text: ' ' } : leaf))

function writeCode(code: string, language: string): string {
  const text = code.replace(/\n+$/, '')
  if (text.trim() === '') return ''
  const widest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length))
  const fence = '`'.repeat(widest + 1)
  return `${fence}${/^[\w+#.-]{1,24}$/.test(language) ? language : ''}\n${text}\n${fence}`
}

function writeList(list: List, sign: string, reader: Reader, depth: number): string {
  if (depth >= deepest)
    return writeBlocks(
      list.children.flatMap((item) => item.children),
      reader,
      depth,
      false,
    )
  const isTight = list.children.every(isShort)
  const start = Math.min(Math.max(list.start ?? 1, 0), 999_999)
  const items = list.children.map((item, index) =>
    writeItem(item, list.ordered ? `${start + index}${sign} ` : `${sign} `, isTight, reader, depth),
  )
  return items.filter((item) => item !== '').join(isTight ? '\n' : '\n\n')
}

/** Words, and lists below them. Google Docs has a paragraph in each item. */
const isShort = ({ children: [first, ...more] }: ListItem): boolean =>
  first?.type !== 'code' && first?.type !== 'table' && more.every((node) => node.type === 'list')

function writeItem(item: ListItem, marker: string, isTight: boolean, reader: Reader, depth: number): string {
  const inner = writeBlocks(item.children, reader, depth + 1, isTight)
  if (inner === '') return ''
  const isTask = typeof item.checked === 'boolean' && item.children[0]?.type === 'paragraph'
  const box = isTask ? (item.checked ? '[x] ' : '[ ] ') : ''
  const [first, ...more] = inner.split('\n')
  const indent = ' '.repeat(marker.length)
  return [marker + box + first, ...more.map((line) => (line === '' ? '' : indent + line))].join('\n')
}

function writeTable({ align, children }: Table, reader: Reader): string {
  const rows = children.map((row) =>
    row.children.map(({ children }) => {
      const cell = writeLine(withoutBreaks(leavesOf(children, reader.hrefOf)), reader)
      return cell.replaceAll('|', '\\|')
    }),
  )
  const width = Math.max(0, ...rows.map((row) => row.length))
  if (width === 0) return ''
  const lineOf = (cells: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, at) => cells[at] ?? '').join(' | ')} |`
  const marks = { left: ':--', center: ':-:', right: '--:' }
  const ruled = Array.from({ length: width }, (_, at) => (align?.[at] ? marks[align[at]] : '---'))
  const [head = [], ...body] = rows
  return [lineOf(head), lineOf(ruled), ...body.map(lineOf)].join('\n')
}
