import { noAddress } from '../../text/markdown/addresses.ts'
import { codeBlock, link, timeText } from './markdown.ts'

/** Converts Slack's mrkdwn to Markdown: https://docs.slack.dev/messaging/formatting-message-text */
export function fromMrkdwn(mrkdwn: string): string {
  return convert(mrkdwn, (text) =>
    text
      // Slack knows no escape: a backslash is a backslash.
      .replace(/\\(?=[!-/:-@[-`{-~])/g, '\\\\')
      .replace(bold, '**$1**')
      .replace(struck, '~~$1~~'),
  )
}

/** Mattermost writes Markdown already, but also accepts Slack's links and entities. */
export const fromMattermost = (text: string): string => convert(text, (same) => same)

/** For `plain_text` and titles: no marks, but `&lt;` is still `<`. */
export const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|amp);/g, (_, name: 'lt' | 'gt' | 'amp') => signs[name])

const signs = { lt: '<', gt: '>', amp: '&' }

/** A mark of Slack stands at the edges of words, on one line. No two parts match the same characters, so it is linear. */
const bold = /(?<![\p{L}\p{N}*])\*(?![\s*])([^*\n]*[^\s*])\*(?![\p{L}\p{N}*])/gu
const struck = /(?<![\p{L}\p{N}~])~(?![\s~])([^~\n]*[^\s~])~(?![\p{L}\p{N}~])/gu

/**
 * Code, `<https://…|label>`, `<@U1|ben>`, `<#C1|general>`, `<!here>` and bare addresses, in which a mark is no mark. Other angle
 * brackets stay.
 */
const kept = new RegExp(
  '```([\\s\\S]*?)```|`([^`\\n]+)`|<([@#!][^<>|\\n]+|(?:https?|mailto|tel):[^<>|\\s]+)(?:\\|([^<>\\n]*))?>' +
    `|https?://[^${noAddress}]*[^${noAddress}*_~.,;:!?)]|\\uE000`,
  'giu',
)

/** What is kept is replaced by a character of no meaning while the marks are converted. */
const place = '\uE000'

function convert(text: string, marks: (text: string) => string): string {
  const parts: string[] = []
  const open = text.replace(kept, (whole, ...groups) => {
    const [block, inline, target, label] = groups as (string | undefined)[]
    parts.push(keptText(whole, { block, inline, target, label }, text, groups.at(-2) as number))
    return place
  })
  let next = 0
  return unescaped(marks(open)).replaceAll(place, () => parts[next++]!)
}

type Found = { [part in 'block' | 'inline' | 'target' | 'label']: string | undefined }

function keptText(whole: string, { block, inline, target, label }: Found, text: string, at: number): string {
  if (block?.trim()) return fenced(block, text[at - 1] ?? '\n', text[at + whole.length] ?? '\n')
  if (inline) return `\`${withoutMarkup(inline)}\``
  if (target) return reference(unescaped(target), unescaped(label ?? ''))
  return unescaped(whole)
}

/** Slack's code block may begin and end within a line; Markdown's fence may not, and its first line is a language. */
function fenced(inner: string, before: string, after: string): string {
  const [, language = ''] = /^([a-z][a-z0-9+#-]*)\n[\s\S]*\n$/.exec(inner) ?? []
  const block = codeBlock(withoutMarkup(inner.slice(language.length)), language)
  return `${before === '\n' ? '' : '\n'}${block}${after === '\n' ? '' : '\n'}`
}

const withoutMarkup = (text: string): string =>
  unescaped(
    text.replace(
      /<((?:https?|mailto|tel):[^<>|\s]+)(?:\|([^<>\n]*))?>/gi,
      (_, target, label) => label || target,
    ),
  )

function reference(target: string, label: string): string {
  const [sign, rest] = [target[0], target.slice(1)]
  if (sign === '@' || sign === '#') return sign + (label || rest).replace(/^[@#]/, '')
  // `<!here>`, `<!subteam^ID|@group>`, `<!date^…|when>`. Without an @: what a program sends to everybody calls nobody.
  if (sign === '!') {
    const [command, value] = rest.split('^')
    const when = command === 'date' ? timeText(value) : ''
    return label.replace(/^@/, '') || when || command!
  }
  return /^tel:/i.test(target) ? label || target.slice(4) : link(target, label)
}
