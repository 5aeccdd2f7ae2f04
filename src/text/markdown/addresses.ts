import { isWord, letterAt, letterBefore } from './letters.ts'

const protocols = new Set(['http:', 'https:', 'mailto:'])
const longest = 2048

/** What a link leads to, if it is safe. An address that could run a script is not. */
export function safeHref(address: string): string | undefined {
  if (address.length > longest || !/^(https?:\/\/|mailto:)./i.test(address)) return undefined
  const href = address.replace(/[\s<>"\\]/g, (sign) => encodeURIComponent(sign))
  const parsed = URL.parse(href)
  return parsed && protocols.has(parsed.protocol) ? href : undefined
}

/** An address in a text, without brackets around it. */
type Bare = { from: number; end: number; href: string }

/** `(?<!…)`: without it, each letter of a long word would be the beginning of a mailbox that is looked for. */
const beginnings = /https?:\/\/|www\.|(?:mailto:)?(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@/gi

/** The addresses in a text, from left to right: of the web, and mailboxes. */
export function bareAddressesIn(text: string): Bare[] {
  const found: Bare[] = []
  if (!/:\/\/|www\.|@/i.test(text)) return found
  for (beginnings.lastIndex = 0; ; ) {
    const match = beginnings.exec(text)
    if (!match) return found
    const from = match.index
    const bare = match[0].endsWith('@')
      ? mailboxAt(text, from, beginnings.lastIndex)
      : webAddressAt(text, from, /^w/i.test(match[0]))
    if (!bare) continue
    found.push(bare)
    beginnings.lastIndex = bare.end
  }
}

/** A part of a word, of a path, or of a name on another server (`@ben@social.example`), is no mailbox. */
const isMailboxAfter = (letter: string) => !isWord(letter) && !/[@＠/]/.test(letter)
const domain = /[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+/y

function mailboxAt(text: string, from: number, host: number): Bare | undefined {
  domain.lastIndex = host
  const name = domain.exec(text)?.[0]
  const end = host + (name?.length ?? 0)
  if (!name || /[-_]$/.test(name) || !isMailboxAfter(letterBefore(text, from))) return undefined
  if (/\b(?:xmpp|sips?|acct):$/i.test(text.slice(Math.max(0, from - 6), from))) return undefined
  // git@example.org:ben/tides.git, and a name in another alphabet.
  if (isWord(letterAt(text, end)) || /^(?:@|＠|:\S)/.test(text.slice(end, end + 2))) return undefined
  const shown = text.slice(from, end)
  const href = safeHref(/^mailto:/i.test(shown) ? shown : `mailto:${shown}`)
  return href === undefined ? undefined : { from, end, href }
}

/**
 * What no address contains, for a class of characters: spaces, controls, invisible characters and quotation marks. Punctuation of full
 * width ends one too: Chinese and Japanese have no space after it.
 */
export const noAddress =
  '\\s\\p{Cc}\\u200b\\u2028-\\u202e\\u2060-\\u2069\\ufeff<>"`\\\\“”„‟«»‹›\\u3001-\\u3004\\u3008-\\u3020\\u3030\\u303d' +
  '\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65'
const outside = new RegExp(`[${noAddress}]`, 'u')
/** Punctuation of a sentence, in every script, and Markdown's marks: inside an address they belong to it, at its end they do not. */
const trailing = /[\p{Terminal_Punctuation}\p{Sentence_Terminal}\p{Quotation_Mark}\p{Ps}…*_~]/u
const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' }
const host = /^(?:https?:\/\/[^/?#]|www\.[\p{L}\p{N}-]+\.[\p{L}\p{N}])/iu

function webAddressAt(text: string, from: number, isWithoutScheme: boolean): Bare | undefined {
  const before = letterBefore(text, from)
  if (before !== '_' && isWord(before)) return undefined
  if (isWithoutScheme && /[/@.:-]/.test(before)) return undefined
  const end = endOfAddress(text, from)
  const shown = text.slice(from, end)
  const href = host.test(shown) ? safeHref(isWithoutScheme ? `http://${shown}` : shown) : undefined
  return href === undefined ? undefined : { from, end, href }
}

/** UTS #58: a closing bracket without its opening one ends an address, and so does punctuation that nothing follows. */
function endOfAddress(text: string, from: number): number {
  const open: string[] = []
  let end = from
  for (let at = from; at < text.length && at < from + longest; ) {
    const letter = letterAt(text, at)
    if (outside.test(letter)) break
    at += letter.length
    if (/\p{Ps}/u.test(letter)) open.push(closing[letter] ?? String.fromCodePoint(letter.codePointAt(0)! + 1))
    else if (/\p{Pe}/u.test(letter) && open.pop() !== letter) break
    else if (!trailing.test(letter)) end = at
    if (/\p{Pe}/u.test(letter)) end = at
  }
  // GFM: what looks like an entity at the end, `&quot;`.
  const entity =
    text[end] === ';' ? /&[A-Za-z0-9]{1,32}$/.exec(text.slice(Math.max(from, end - 33), end)) : null
  return entity ? end - entity[0].length : end
}
