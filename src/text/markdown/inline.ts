import { isBlank } from '../blank.ts'
import { bareAddressesIn } from './addresses.ts'
import { closingBackticks, insideOfCode } from './code-spans.ts'
import { pairRuns, type Run, runAt } from './emphasis.ts'
import { escapable, linkTailAt } from './link-tail.ts'
import { bareDomains, mentionAt } from './mentions.ts'
import type { Reading } from './reading.ts'
import type { Inline } from './syntax.ts'
import { type Link, type Token, treeOf } from './tree.ts'

/** A `[` or `![` that may begin a link. `run`: the last run of marks before it. */
type Bracket = { token: number; isImage: boolean; from: number; run: Run | undefined }

const special = /[\\`*_~|[\]!<@＠\n]|:\/\/|www\./i
const plain = /[^\\`*_~|[\]!<@＠\n]+/y
const autolink = /<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s\p{Cc}<>]*)>/uy
const mailbox =
  /<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>/y

/**
 * The inside of a paragraph: CommonMark 6 from left to right, without raw HTML, entities and reference links; an image is a link.
 * Nothing is searched twice, so the time grows with the length alone, whatever the text contains.
 */
export function parseInline(text: string, reading: Reading): Inline[] {
  if (!special.test(text)) return text === '' ? [] : [text]
  const tokens: Token[] = []
  const brackets: Bracket[] = []
  /** So many brackets at the bottom cannot begin a link any more, because a link is inside of them. */
  let spent = 0
  let lastRun: Run | undefined
  let at = 0
  const bare = bareAddressesIn(text)
  let nextBare = 0
  let plainEnd = 0
  const codeEnd = closingBackticks(text)
  const isInDomain = bareDomains(text)

  const put = (token: Token, end: number) => {
    tokens.push(token)
    at = end
  }

  const code = () => {
    let length = 1
    while (text[at + length] === '`') length++
    const from = at + length
    const end = codeEnd(from, length)
    if (end === undefined) put(text.slice(at, from), from)
    else put({ kind: 'code', text: insideOfCode(text.slice(from, end)) }, end + length)
  }

  const run = () => {
    const found = runAt(text, at)
    put(found, at + found.length)
    if (!found.canOpen && !found.canClose) return
    found.before = lastRun
    if (lastRun) lastRun.after = found
    lastRun = found
  }

  const openBracket = (isImage: boolean) => {
    const from = at + (isImage ? 2 : 1)
    brackets.push({ token: tokens.length, isImage, from, run: lastRun })
    put(text.slice(at, from), from)
  }

  const closeBracket = () => {
    const bracket = brackets.pop()
    const isSpent = bracket && !bracket.isImage && brackets.length < spent
    spent = Math.min(spent, brackets.length)
    const link = bracket && !isSpent ? linkFrom(bracket) : undefined
    if (!bracket || !link) return put(']', at + 1)
    tokens[bracket.token] = link
    pairRuns(bracket.run, lastRun)
    lastRun = bracket.run
    if (lastRun) lastRun.after = undefined
    if (!bracket.isImage) spent = brackets.length
    put({ kind: 'end' }, link.end)
  }

  const linkFrom = ({ from, isImage }: Bracket): (Link & { end: number }) | undefined => {
    const tail = linkTailAt(text, at + 1)
    const href = tail && reading.hrefOf(tail.address)
    if (!tail || href === undefined) return undefined
    // A link has something to click on.
    if (!isImage && isBlank(text.slice(from, at))) return undefined
    const title = tail.title === undefined ? {} : { title: tail.title }
    return { kind: 'start', href, ...title, end: tail.end }
  }

  const inAngles = () => {
    for (const [pattern, before] of [
      [autolink, ''],
      [mailbox, 'mailto:'],
    ] as const) {
      pattern.lastIndex = at
      const shown = pattern.exec(text)?.[1]
      const href = shown && reading.hrefOf(before + shown)
      if (shown && href) return put({ kind: 'link', href, children: [shown] }, at + shown.length + 2)
    }
    put('<', at + 1)
  }

  const lineBreak = () => {
    const last = tokens.at(-1)
    // Two spaces or a backslash are a line break in Markdown; here, each line break is one.
    if (typeof last === 'string') tokens[tokens.length - 1] = last.replace(/(?<! ) +$/, '')
    put('\n', at + 1)
  }

  while (at < text.length) {
    while (bare[nextBare] && bare[nextBare]!.from < at) nextBare++
    const address = bare[nextBare]
    if (address?.from === at) {
      const shown = text.slice(at, address.end)
      put({ kind: 'link', href: address.href, children: [shown] }, address.end)
      continue
    }
    const letter = text[at]!
    if (letter === '\\' && escapable.test(text[at + 1] ?? '')) put(text[at + 1]!, at + 2)
    else if (letter === '\\' && text[at + 1] === '\n') at++
    else if (letter === '`') code()
    else if (letter === '*' || letter === '_' || letter === '~' || letter === '|') run()
    else if (letter === '[') openBracket(false)
    else if (letter === '!' && text[at + 1] === '[') openBracket(true)
    else if (letter === ']') closeBracket()
    else if (letter === '<') inAngles()
    else if (letter === '\n') lineBreak()
    else {
      const found = letter === '@' || letter === '＠' ? mentionAt(text, at, reading, isInDomain) : undefined
      if (found) put(found.mention, found.end)
      else {
        plain.lastIndex = at
        // Once for a run that has many addresses in it.
        if (at >= plainEnd) plainEnd = plain.test(text) ? plain.lastIndex : at + 1
        const next = Math.min(plainEnd, address?.from ?? plainEnd)
        put(text.slice(at, next), next)
      }
    }
  }
  pairRuns(undefined, lastRun)
  return treeOf(tokens)
}
