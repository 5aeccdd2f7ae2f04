import type { ComponentChildren } from 'preact'
import { parseMarkdown } from '../../../text/markdown/parse.ts'
import { inlineText } from '../../../text/markdown/plain.ts'
import type { Block, Inline, Item } from '../../../text/markdown/syntax.ts'
import { realHost } from '../../../text/real-host.ts'
import { useStore } from '../../ground/context.ts'
import { addressOf } from '../../ground/route.ts'
import { say } from '../../language/say.ts'
import { withEmoji } from '../emoji/emoji.ts'
import { Code } from './code.tsx'
import { Spoiler } from './spoiler.tsx'

type Props = {
  text: string
  /** The username whose mentions are highlighted. */
  me?: string | undefined
  /** Whether the Tab key stops at links. */
  reachable?: boolean
  /** Shown at the end of the last line. */
  children?: ComponentChildren
}

type Marks = ((text: string) => readonly { start: number; end: number }[]) | undefined
type Look = {
  me: string | undefined
  tab: 0 | -1
  marks?: Marks
  rooms?: ReadonlyMap<string, string> | undefined
}

/** The text of a message: Markdown becomes nodes, everything else stays text. HTML is never built from a string. */
export function MarkdownView({ text, me, reachable = true, children }: Props) {
  const blocks = parseMarkdown(text)
  const { mentions, rooms } = useStore()
  const look: Look = {
    me,
    tab: reachable ? 0 : -1,
    marks: mentions.marks.value,
    rooms: text.includes('#') ? rooms.titles.value : undefined,
  }
  const inLine = blocks.at(-1)?.kind === 'paragraph'
  return (
    <div class={isOnlyEmoji(withEmoji(text)) ? 'words only-emoji' : 'words'} dir="auto">
      {blocks.map((block, index) =>
        blockOf(block, index, look, inLine && index === blocks.length - 1 && children),
      )}
      {!inLine && children && <p>{children}</p>}
    </div>
  )
}

/** A message of a few emoji alone is shown large. */
const isOnlyEmoji = (text: string) => text.length <= 40 && /^\s*(?:\p{RGI_Emoji}\s*){1,5}$/v.test(text)

/** Only the outermost block has a `dir`: to find its direction, a browser skips elements inside that have one. */
function blockOf(
  block: Block,
  key: number,
  look: Look,
  tail?: ComponentChildren,
  inner = false,
): ComponentChildren {
  const dir = inner ? undefined : 'auto'
  switch (block.kind) {
    case 'paragraph':
      return (
        <p key={key} dir={dir}>
          {inlines(block.children, look)}
          {tail}
        </p>
      )
    case 'heading':
      return (
        <p key={key} dir={dir}>
          <strong>{inlines(block.children, look)}</strong>
        </p>
      )
    case 'code':
      return <Code key={key} text={block.text} language={block.language} tab={look.tab} />
    case 'quote':
      return (
        <blockquote key={key} dir={dir}>
          {within(block.blocks, look)}
        </blockquote>
      )
    case 'list': {
      const items = block.items.map((item, index) => itemOf(item, index, look))
      const looks = block.isLoose ? 'loose' : undefined
      return block.start === undefined ? (
        <ul key={key} class={looks}>
          {items}
        </ul>
      ) : (
        <ol key={key} class={looks} start={block.start}>
          {items}
        </ol>
      )
    }
    case 'table':
      return tableOf(block, key, look)
    case 'rule':
      return <hr key={key} />
  }
}

const itemOf = ({ isDone, blocks }: Item, key: number, look: Look) => (
  <li key={key} class={isDone === undefined ? undefined : 'task'} dir="auto">
    {isDone !== undefined && (
      <input type="checkbox" checked={isDone} disabled aria-label={say(isDone ? 'task.done' : 'task.open')} />
    )}
    {within(blocks, look)}
  </li>
)

function tableOf({ aligns, head, rows }: Extract<Block, { kind: 'table' }>, key: number, look: Look) {
  const cell = (Cell: 'th' | 'td') => (parts: readonly Inline[], column: number) => (
    <Cell key={column} class={aligns[column]} dir="auto">
      {inlines(parts, look)}
    </Cell>
  )
  return (
    <div key={key} class="table" dir="auto">
      <table>
        <thead>
          <tr>{head.map(cell('th'))}</tr>
        </thead>
        {rows.length > 0 && (
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>{row.map(cell('td'))}</tr>
            ))}
          </tbody>
        )}
      </table>
    </div>
  )
}

const within = (blocks: readonly Block[], look: Look) =>
  blocks.map((block, index) => blockOf(block, index, look, undefined, true))

const inlines = (parts: readonly Inline[], look: Look) =>
  parts.map((part, index) => (typeof part === 'string' ? marked(part, look) : inlineOf(part, index, look)))

/** A keyword of the reader looks as their name does. */
function marked(text: string, look: Look): ComponentChildren {
  let at = 0
  const before = (look.marks?.(text) ?? []).flatMap(({ start, end }) => {
    const part = [
      named(text.slice(at, start), look),
      <span key={start} class="mention own">
        {text.slice(start, end)}
      </span>,
    ]
    at = end
    return part
  })
  return at === 0 ? named(text, look) : [...before, named(text.slice(at), look)]
}

const roomName = /(?<![\p{L}\p{N}_#/&])#([a-z0-9][a-z0-9_-]{0,63})(?![\p{L}\p{N}_-])/gu

/** A `#room` that its reader knows leads there, and emoji have no names. */
function named(text: string, { rooms, tab }: Look): ComponentChildren {
  const parts: ComponentChildren[] = []
  let at = 0
  for (const { 0: typed, 1: id = '', index } of rooms ? text.matchAll(roomName) : []) {
    const title = rooms!.get(id)
    if (title === undefined) continue
    parts.push(
      withEmoji(text.slice(at, index)),
      <a key={index} href={addressOf(id)} tabIndex={tab} class="room-link">
        #{title}
      </a>,
    )
    at = index + typed.length
  }
  return at === 0 ? withEmoji(text) : [...parts, withEmoji(text.slice(at))]
}

function inlineOf(part: Exclude<Inline, string>, key: number, look: Look): ComponentChildren {
  switch (part.kind) {
    case 'strong':
      return <strong key={key}>{inlines(part.children, look)}</strong>
    case 'em':
      return <em key={key}>{inlines(part.children, look)}</em>
    case 'strike':
      return <s key={key}>{inlines(part.children, look)}</s>
    case 'spoiler':
      return (
        <Spoiler key={key} text={inlineText(part.children)} tab={look.tab}>
          {inlines(part.children, look)}
        </Spoiler>
      )
    case 'code':
      return (
        <code key={key} dir="ltr">
          {part.text}
        </code>
      )
    case 'mention':
      return (
        <span
          key={key}
          class={part.username === look.me || part.longer === look.me ? 'mention own' : 'mention'}
        >
          {part.text}
        </span>
      )
    case 'link':
      return <Link key={key} link={part} look={look} />
  }
}

type LinkProps = { link: Extract<Inline, { kind: 'link' }>; look: Look }

/** A link that looks like one to another host is followed by the host that it leads to. */
function Link({ link: { href, title, children: parts }, look }: LinkProps) {
  const host = realHost(href, inlineText(parts))
  return (
    <>
      <a href={href} title={title} tabIndex={look.tab} target="_blank" rel="noopener noreferrer nofollow ugc">
        {inlines(parts, { ...look, marks: undefined, rooms: undefined })}
      </a>
      {host !== undefined && (
        <>
          {' '}
          <bdi class="real-host" dir="ltr">
            ({host})
          </bdi>
        </>
      )}
    </>
  )
}
