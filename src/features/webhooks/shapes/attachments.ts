import { isBlank } from '../../../text/blank.ts'
import { type Fields, fieldsOf, firstText, listOf, scalarIn, textIn } from '../json.ts'
import { inLine, inLines, link, plainText, strong, timeText } from '../markdown.ts'
import { unescaped } from '../mrkdwn.ts'
import { blockText } from './blocks.ts'
import { buttonsText } from './buttons.ts'

type Read = (text: string) => string

/** Slack's attachments, from top to bottom: https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments */
export function attachmentText(attachment: unknown, read: Read): string {
  const fields = fieldsOf(attachment)
  const { pretext, author_name, author_link, title, title_link, text, fallback, footer, ts } = fields
  const own = inLines([
    read(textIn(pretext)),
    link(author_link, unescaped(textIn(author_name))),
    strong(link(title_link, unescaped(scalarIn(title)))),
    read(textIn(text)),
    ...listOf(fields.blocks).map((block) => blockText(block)),
    ...listOf(fields.fields).map((field) => fieldText(field, read)),
    ...addresses.map((name) => (isAddress(fields[name]) ? link(fields[name], labelOf(fields, name)) : '')),
    buttonsText(fields.actions),
  ])
  const foot = inLine([read(textIn(footer)), timeText(ts)])
  return inLines([isBlank(own) ? read(textIn(fallback)) : own, foot])
}

/** The last two are Rocket.Chat's. */
const addresses = ['image_url', 'thumb_url', 'video_url', 'audio_url']

const isAddress = (value: unknown): boolean => typeof value === 'string' && /^https?:\/\//i.test(value)

const labelOf = ({ image_alt, alt_text }: Fields, name: string): string =>
  name === 'image_url' ? firstText(alt_text, image_alt) : ''

/** `title: value`; a value of several lines is below its title. */
export function fieldText(field: unknown, read: Read): string {
  const { title, value } = fieldsOf(field)
  const [name, text] = [plainText(unescaped(scalarIn(title))).trim(), read(scalarIn(value)).trim()]
  if (isBlank(name) || isBlank(text)) return isBlank(name) ? text : name
  return `${name}${name.endsWith(':') ? '' : ':'}${text.includes('\n') ? '\n' : ' '}${text}`
}
