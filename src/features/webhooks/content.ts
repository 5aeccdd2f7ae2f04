import { Value } from '@sinclair/typebox/value'
import { invalidField } from '../../protocol/errors.ts'
import { Content, Files } from '../../protocol/messages.ts'
import { isBlank } from '../../text/blank.ts'
import { beginningOf } from '../../text/cut.ts'
import { isUuid } from '../../text/uuid.ts'
import { type Fields, fieldsOf } from './json.ts'
import { inParagraphs } from './markdown.ts'
import { parsePayload } from './payload.ts'
import { alertmanagerText } from './shapes/alertmanager.ts'
import { discordText } from './shapes/discord.ts'
import { githubText } from './shapes/github.ts'
import { grafanaText } from './shapes/grafana.ts'
import { slackText } from './shapes/slack.ts'
import { unknownText } from './shapes/unknown.ts'
import { uptimeKumaText } from './shapes/uptime-kuma.ts'

/** The first shape that finds a text in a payload shows it. */
const shapes: ((payload: Fields) => string)[] = [
  grafanaText,
  alertmanagerText,
  uptimeKumaText,
  githubText,
  slackText,
  discordText,
  unknownText,
]

/** The message that a webhook's request becomes, its text as Markdown. With files it needs no text. */
export function contentOf(body: string, contentType: string): { content: string; files?: string[] } {
  const payload = parsePayload(body, contentType)
  const files = filesOf(payload)
  const text = textOf(files ? { ...(payload as object), files: undefined } : payload).trim()
  if (files && isBlank(text)) return { content: '', files }
  if (isBlank(text)) throw invalidField('/', 'no_text_to_show')
  const content = cut(text, Content.maxLength!)
  if (!Value.Check(Content, content)) throw invalidField('/', 'broken_text')
  return { content, ...(files && { files }) }
}

/** Ids of files that the webhook has uploaded. Other programs put other things into a field of this name, such as names. */
function filesOf(payload: unknown): string[] | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { files } = payload as { files?: unknown }
  return Value.Check(Files, files) && files.every(isUuid) ? files : undefined
}

/** A list of payloads is as long as a person would read. */
const mostPayloads = 20

export function textOf(payload: unknown): string {
  if (typeof payload === 'string') return payload
  if (Array.isArray(payload)) return inParagraphs(payload.slice(0, mostPayloads).map(textOfObject))
  return textOfObject(payload)
}

function textOfObject(payload: unknown): string {
  const fields = fieldsOf(payload)
  for (const shape of shapes) {
    const text = shape(fields)
    if (!isBlank(text)) return text
  }
  return ''
}

const fence = /^ {0,3}(`{3,})/gm

/** A longer text ends with … on a line of its own. Slack cuts it too: a refused alert would be lost. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const beginning = beginningOf(text, most - 16).trimEnd()
  const fences = [...beginning.matchAll(fence)]
  const end = fences.length % 2 === 1 ? `\n${fences.at(-1)![1]!.slice(0, 8)}` : ''
  return `${beginning}${end}\n…`
}
