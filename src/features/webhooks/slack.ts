import type { SlackMessage } from '../../protocol/webhooks.ts'
import { isBlank } from '../../text/blank.ts'

/** The text of a Slack message: its `text`, otherwise the text of its blocks, otherwise of its attachments. */
export function textOf({ text, blocks = [], attachments = [] }: SlackMessage): string {
  if (text !== undefined && !isBlank(text)) return toMarkdown(text)
  const fromBlocks = joined(blocks.map((block) => blockText(block)))
  return fromBlocks || joined(attachments.map(attachmentText))
}

/**
 * Converts Slack's mrkdwn to Markdown: https://docs.slack.dev/messaging/formatting-message-text. It changes only what would
 * be unreadable; `*bold*` stays.
 */
export function toMarkdown(mrkdwn: string): string {
  return mrkdwn
    .replace(marked, (_, target: string, label?: string) => reference(target, label))
    .replace(/&(lt|gt|amp);/g, (_, name: 'lt' | 'gt' | 'amp') => signs[name])
}

/** `<https://…|label>`, `<@U1|ben>`, `<#C1|general>`, `<!here>`; other angle brackets stay. */
const marked = /<([@#!][^<>|\n]+|(?:https?|mailto|tel):[^<>|\s]+)(?:\|([^<>\n]*))?>/gi

const signs = { lt: '<', gt: '>', amp: '&' }

function reference(target: string, label = ''): string {
  const [sign, rest] = [target[0], target.slice(1)]
  if (sign === '@' || sign === '#') return sign + (label || rest).replace(/^[@#]/, '')
  // `<!here>`, `<!subteam^ID|@group>`, `<!date^…|when>`
  if (sign === '!') return label || `@${rest.split('^')[0]}`
  const plain = target.replace(/^mailto:/, '')
  if (label === '' || label === target || label === plain) return plain
  const inBrackets = label.replace(/[[\]\\]/g, '\\$&')
  return `[${inBrackets}](${target.replaceAll('(', '%28').replaceAll(')', '%29')})`
}

/** Blocks may nest this deep; deeper ones are ignored. */
const mostDepth = 6

function blockText(block: unknown, depth = 0): string {
  const { type, text, fields, elements } = fieldsOf(block)
  if (type === 'rich_text') return richText(block)
  // Buttons cannot work here.
  if (depth > mostDepth || type === 'actions') return ''
  const inner = [...listOf(fields), ...listOf(elements)].map((each) => blockText(each, depth + 1))
  // The `text` of a block is an object with a `text` of its own; in that object it is a string.
  const own =
    typeof text === 'string' ? toMarkdown(text) : text === undefined ? '' : blockText(text, depth + 1)
  return joined([own, ...inner])
}

/** In rich text, links, emoji and people are elements, and texts contain no mrkdwn. */
function richText(element: unknown, depth = 0): string {
  const { type, text, url, name, user_id, range, elements } = fieldsOf(element)
  if (depth > mostDepth) return ''
  if (typeof url === 'string') return reference(url, textIn(text))
  if (typeof text === 'string') return text
  if (type === 'emoji') return `:${textIn(name)}:`
  if (type === 'user') return `@${textIn(user_id)}`
  if (type === 'broadcast') return `@${textIn(range)}`
  const parts = listOf(elements).map((each) => richText(each, depth + 1))
  return type === 'rich_text' || type === 'rich_text_list' ? joined(parts) : parts.join('')
}

function attachmentText(attachment: unknown): string {
  const { pretext, title, title_link, text, fallback, blocks } = fieldsOf(attachment)
  const heading =
    typeof title_link === 'string' ? reference(title_link, textIn(title)) : toMarkdown(textIn(title))
  const parts = [
    toMarkdown(textIn(pretext)),
    heading,
    toMarkdown(textIn(text)),
    ...listOf(blocks).map((each) => blockText(each)),
  ]
  return joined(parts) || toMarkdown(textIn(fallback))
}

const joined = (parts: string[]): string => parts.filter((part) => !isBlank(part)).join('\n')
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
