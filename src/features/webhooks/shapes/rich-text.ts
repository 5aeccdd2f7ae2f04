import { isBlank } from '../../../text/blank.ts'
import { type Fields, fieldsOf, listOf, textIn } from '../json.ts'
import { code, codeBlock, inLines, link, plainText, quote, timeText } from '../markdown.ts'

/** Lists may be nested this deep; what is deeper is ignored. */
const mostDepth = 6

/** In rich text, links, emoji and people are elements, and a text means what it says. */
export const richText = ({ elements }: Fields): string =>
  inLines(
    joinedLists(
      listOf(elements).map((part) => ({ type: textIn(fieldsOf(part).type), text: partText(part) })),
    ),
  )

type Part = { type: string; text: string }

/** Slack writes a nested list as lists that follow each other. */
function joinedLists(parts: Part[]): string[] {
  const texts: string[] = []
  parts.forEach(({ type, text }, index) => {
    const follows = type === 'rich_text_list' && parts[index - 1]?.type === type
    if (follows && texts.length > 0) texts[texts.length - 1] += `\n${text}`
    else texts.push(text)
  })
  return texts
}

function partText(part: unknown): string {
  const { type, elements, language } = fieldsOf(part)
  if (type === 'rich_text_list') return listText(fieldsOf(part))
  if (type === 'rich_text_preformatted')
    return codeBlock(listOf(elements).map(rawText).join(''), /^[\w+#-]{1,24}$/.exec(textIn(language))?.[0])
  const text = lineText(part)
  return type === 'rich_text_quote' ? quote(text) : text
}

function listText({ style, indent, offset, elements }: Fields): string {
  const spaces = ' '.repeat(4 * numberIn(indent, mostDepth))
  const first = 1 + numberIn(offset, 1e6)
  const lines = listOf(elements).map((item, index) => {
    const mark = style === 'ordered' ? `${first + index}.` : '-'
    return `${spaces}${mark} ${lineText(item).replaceAll('\n', `\n${spaces}  `)}`
  })
  return lines.join('\n')
}

const numberIn = (value: unknown, most: number): number =>
  typeof value === 'number' && value > 0 ? Math.min(Math.trunc(value), most) : 0

function lineText(line: unknown, depth = 0): string {
  const fields = fieldsOf(line)
  if (depth > mostDepth) return ''
  if (!Array.isArray(fields.elements)) return elementText(fields)
  return fields.elements.map((element) => lineText(element, depth + 1)).join('')
}

function elementText(element: Fields): string {
  const {
    type,
    text,
    url,
    name,
    unicode,
    user_id,
    channel_id,
    usergroup_id,
    range,
    timestamp,
    fallback,
    value,
  } = element
  if (type === 'link' || typeof url === 'string') return styled(element, link(url, textIn(text)))
  if (typeof text === 'string')
    return fieldsOf(element.style).code === true ? codeText(text) : styled(element, plainText(text))
  if (type === 'emoji') return emojiIn(unicode) || `:${textIn(name)}:`
  if (type === 'user') return `@${textIn(user_id)}`
  if (type === 'channel') return `#${textIn(channel_id)}`
  if (type === 'usergroup') return textIn(usergroup_id)
  // Without an @: it calls nobody.
  if (type === 'broadcast') return textIn(range)
  if (type === 'date') return textIn(fallback) || timeText(timestamp)
  return type === 'color' ? textIn(value) : ''
}

const codeText = (text: string): string => (isBlank(text) ? text : code(text))

const rawText = (element: unknown): string => {
  const { text, url, name } = fieldsOf(element)
  return textIn(text) || textIn(url) || textIn(name)
}

/** Slack gives an emoji as code points, `1f389` or `1f1e9-1f1ea`; its own emoji have only a name. */
function emojiIn(unicode: unknown): string {
  const points = textIn(unicode).split('-')
  if (!points.every((point) => /^(?:10|[0-9a-f])?[0-9a-f]{2,4}$/i.test(point))) return ''
  return String.fromCodePoint(...points.map((point) => Number.parseInt(point, 16)))
}

/** Marks touch the word, so the spaces at its edges stay outside. */
function styled({ style }: Fields, text: string): string {
  const { bold, italic, strike } = fieldsOf(style)
  const word = text.trim()
  if (word === '') return text
  const mark = `${strike === true ? '~~' : ''}${bold === true ? '**' : ''}${italic === true ? '_' : ''}`
  const start = text.indexOf(word)
  return `${text.slice(0, start)}${mark}${word}${[...mark].reverse().join('')}${text.slice(start + word.length)}`
}
