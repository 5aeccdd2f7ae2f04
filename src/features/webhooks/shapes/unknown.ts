import { isBlank } from '../../../text/blank.ts'
import { type Fields, scalarIn } from '../json.ts'
import { inLines, plainText, strong } from '../markdown.ts'

const mostDepth = 6
const mostLines = 60

/** What is said first, without its name. */
const titles = ['title', 'subject', 'summary']
const texts = ['text', 'message', 'msg', 'body', 'content', 'description']

/** They say where and how to show something, and are no text. */
const furniture = new Set([
  ...[
    'blocks',
    'attachments',
    'embeds',
    'props',
    'username',
    'alias',
    'channel',
    'avatar',
    'avatar_url',
    'emoji',
  ],
  ...[
    'icon_emoji',
    'icon_url',
    'color',
    'mrkdwn',
    'mrkdwn_in',
    'parse',
    'link_names',
    'unfurl_links',
    'thread_ts',
  ],
])

/** JSON of a program that we do not know: its title and message, then every other value as `name: value`. */
export function unknownText(payload: Fields): string {
  const own = (names: string[]): string[] =>
    names
      .map((name) => payload[name])
      .filter((value): value is string => typeof value === 'string' && !isBlank(value))
  const rest = Object.entries(payload).filter(
    ([name, value]) =>
      !(furniture.has(name) || ([...titles, ...texts].includes(name) && typeof value === 'string')),
  )
  const found: Found = { lines: [], hasText: false }
  for (const [name, value] of rest) collect(found, name, value, 1)
  const [head, said] = [own(titles), own(texts)]
  if (!found.hasText && head.length + said.length === 0) return ''
  return inLines([...head.map((text) => strong(plainText(text))), ...said, ...found.lines])
}

type Found = { lines: string[] /** A number alone says nothing. */; hasText: boolean }

function collect(found: Found, name: string, value: unknown, depth: number): void {
  if (found.lines.length >= mostLines || depth > mostDepth) return
  if (typeof value !== 'object' || value === null) {
    const text = scalarIn(value)
    if (isBlank(text)) return
    found.lines.push(`${plainText(name)}: ${typeof value === 'string' ? plainText(text) : text}`)
    found.hasText ||= typeof value === 'string'
    if (found.lines.length === mostLines) found.lines.push('…')
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    if (found.lines.length >= mostLines) return
    collect(found, `${name}.${key}`, inner, depth + 1)
  }
}
