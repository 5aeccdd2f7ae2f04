import { directionOf, type Language, wordsIn } from './languages.ts'
import type { Word } from './letters/en.ts'

/** A text with values of its own. They are shown as text too. */
export type Line = { word: Word; values: Readonly<Record<string, string>> }

/** What a mail says, before it has a language. */
export type Letter = {
  subject: Word
  /** The paragraphs before the link, and those after it. */
  before: readonly Word[]
  /** A list between them. */
  lines?: readonly Line[]
  action: Word
  /** Where the link leads. */
  url: string
  after?: readonly Word[]
  /** For the texts, as well as `site`. They are shown as text, and not read as HTML or a link. */
  values?: Readonly<Record<string, string>>
  /** The address at which a person says that they want no more of these. */
  unsubscribe?: string
}

export type Written = { subject: string; text: string; html: string }

export function writeLetter(letter: Letter, language: Language, site: string): Written {
  const words = wordsIn(language)
  const values: Record<string, string> = { ...letter.values, site }
  const say = (word: Word, more: Line['values'] = {}): string =>
    words[word].replace(/\{(\w+)\}/g, (_, name) => oneLine(more[name] ?? values[name] ?? ''))
  const before = letter.before.map((word) => say(word))
  const lines = (letter.lines ?? []).map(({ word, values }) => say(word, values))
  const after = (letter.after ?? []).map((word) => say(word))
  const foot = say('foot.sent')
  const { url, unsubscribe } = letter
  const end = unsubscribe === undefined ? [] : [`${say('foot.unsubscribe')}:\n${unsubscribe}`]
  return {
    subject: say(letter.subject),
    text: `${[...before, ...(lines.length > 0 ? [lines.map((line) => `- ${line}`).join('\n')] : []), `${say(letter.action)}:\n${url}`, ...after, '-- ', foot, ...end].join('\n\n').replace('-- \n\n', '-- \n')}\n`,
    html: page(language, say(letter.subject), [
      ...before.map(paragraph),
      ...(lines.length > 0
        ? [
            `<ul style="margin:0 0 12px;padding:0 20px">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`,
          ]
        : []),
      `<p style="margin:24px 0"><a href="${escaped(url)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b4f5c;color:#ffffff;text-decoration:none">${escaped(say(letter.action))}</a></p>`,
      ...after.map(paragraph),
      `<p style="margin:32px 0 0;font-size:13px;color:#5a6670">${escaped(foot)}${unsubscribe === undefined ? '' : ` <a href="${escaped(unsubscribe)}" style="color:#5a6670">${escaped(say('foot.unsubscribe'))}</a>`}</p>`,
    ]),
  }
}

/** A value cannot begin a paragraph of its own. */
const oneLine = (value: string): string => value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')

const paragraph = (text: string): string => `<p style="margin:0 0 12px">${escaped(text)}</p>`

/** Styles are on the elements: many mail programs drop a style sheet. It loads nothing from anywhere. */
function page(language: Language, title: string, parts: readonly string[]): string {
  const direction = directionOf(language)
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1c2429;font:16px/1.5 system-ui,sans-serif">
<div dir="${direction}" style="max-width:32em;margin:0 auto">
${parts.join('\n')}
</div>
</body>
</html>
`
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`)
