import { isBlank } from '../../../text/blank.ts'
import { type Fields, fieldsOf, listOf, textIn } from '../json.ts'
import { inLine, inLines, link, plainText, strong } from '../markdown.ts'
import { fromMrkdwn, unescaped } from '../mrkdwn.ts'
import { buttonsText } from './buttons.ts'
import { richText } from './rich-text.ts'

/** Blocks may be nested this deep; deeper ones are ignored. */
const mostDepth = 6

type Kind = (block: Fields, depth: number) => string

/** Slack's blocks: https://docs.slack.dev/reference/block-kit/blocks */
const kinds: Record<string, Kind> = {
  header: ({ text }) => strong(plainText(unescaped(textIn(fieldsOf(text).text) || textIn(text)))),
  mrkdwn: ({ text }) => fromMrkdwn(textIn(text)),
  plain_text: ({ text }) => plainText(unescaped(textIn(text))),
  markdown: ({ text }) => textIn(text),
  rich_text: (block) => richText(block),
  context: ({ elements }, depth) => inLine(inside(elements, depth), ' '),
  actions: ({ elements }) => buttonsText(elements),
  context_actions: ({ elements }) => buttonsText(elements),
  button: (button) => buttonsText([button]),
  overflow: (menu) => buttonsText([menu]),
  image: imageText,
  video: ({ title, title_url, description }, depth) =>
    inLines([link(title_url, labelIn(title)), blockText(description, depth + 1)]),
  table: ({ rows }, depth) => inLines(listOf(rows).map((row) => inLine(inside(row, depth), ' | '))),
  raw_text: ({ text }) => plainText(textIn(text)),
  divider: () => '',
}

const inside = (value: unknown, depth: number): string[] =>
  listOf(value).map((each) => blockText(each, depth + 1))

export function blockText(block: unknown, depth = 0): string {
  if (depth > mostDepth) return ''
  if (typeof block === 'string') return depth === 0 ? '' : fromMrkdwn(block)
  const fields = fieldsOf(block)
  const kind = Object.hasOwn(kinds, textIn(fields.type)) ? kinds[textIn(fields.type)]! : section
  return kind(fields, depth)
}

/** A section, and any block that we do not know: whatever texts it has. */
function section({ text, fields, elements, accessory }: Fields, depth: number): string {
  // The `text` of a block is an object with a `text` of its own; in that object it is a string.
  const own = blockText(text, depth + 1)
  return inLines([own, ...inside(fields, depth), ...inside(elements, depth), blockText(accessory, depth + 1)])
}

/** A title or label: plain text in an object, or by mistake a string. */
const labelIn = (value: unknown): string => unescaped(textIn(fieldsOf(value).text) || textIn(value))

/** Its alt text says what it shows. */
function imageText({ title, alt_text, image_url, slack_file }: Fields): string {
  const [heading, alt] = [labelIn(title), unescaped(textIn(alt_text))]
  const address = image_url ?? fieldsOf(slack_file).url
  const label = isBlank(alt) ? heading : alt
  return inLines([label === heading ? '' : plainText(heading), link(address, label)])
}
