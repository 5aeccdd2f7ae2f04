/** Where a text is going to be. `before` and `after`: the letters next to it. */
export type Place = { before: string; after: string; isInLink: boolean }

type Addresses = (text: string) => readonly { from: number; end: number }[]

const escapable = /[!-/:-@[-`{-~]/
const letter = /[\p{L}\p{N}]/u
const begins = [
  /^#{1,6}(?=\s|$)/,
  /^>/,
  /^[-+*](?=\s|$)/,
  /^([-*])(?:[ \t]*\1)*[ \t]*(?=\n|$)/,
  // The second line of a table.
  /^[|:](?=[|: \t-]*-)[|: \t-]*(?=\n|$)/,
  /^-(?=[: \t-]*\|)[|: \t-]*(?=\n|$)/,
]
const numbered = /^\d{1,9}(?=[.)](?:\s|$))/
const task = /^\[[ xX]\]\s/
const autolink = /^<(?=[^\s<>:@]*[:@])[^\s<>]{2,4097}>/

/** A text with backslashes where our reader would find Markdown in it. Addresses stay as they are, because a backslash would end them. */
export function escaped(text: string, { before, after, isInLink }: Place, addressesIn: Addresses): string {
  const addresses = addressesIn(before + text).map(({ from, end }) => ({
    from: from - before.length,
    end: end - before.length,
  }))
  let lastSpace = text.length - 1
  while (lastSpace >= 0 && !/\s/.test(text[lastSpace]!)) lastSpace--
  let next = 0
  let written = ''
  for (let at = 0; at < text.length; ) {
    while (addresses[next] && addresses[next]!.from < at) next++
    if (addresses[next]?.from === at) {
      const { end } = addresses[next]!
      const address = text.slice(at, end)
      // What follows would belong to it.
      const isOpen = end > lastSpace && after.trim() !== '' && /^https?:/i.test(address)
      written += isOpen ? `<${address}>` : address
      at = end
      continue
    }
    const sign = text[at]!
    const previous = at > 0 ? text[at - 1]! : before
    if (previous === '' || previous === '\n') {
      const line = lineFrom(text, at)
      const digits = numbered.exec(line)?.[0]
      if (digits !== undefined) {
        written += `${digits}\\${line[digits.length]}`
        at += digits.length + 1
        continue
      }
      if (begins.some((each) => each.test(line)) || (sign === '[' && task.test(line))) {
        written += `\\${sign}`
        at++
        continue
      }
    }
    let end = at + 1
    if (/[*_~|]/.test(sign)) while (text[end] === sign) end++
    // An address may be written in angles.
    const following = addresses[next]?.from === end ? '<' : (text[end] ?? after)
    const run = text.slice(at, end)
    written += isMark(run, previous, following, isInLink, text, at) ? run.replace(/./g, '\\$&') : run
    at = end
  }
  return written
}

/** So much of a line as decides how it begins. */
const lineFrom = (text: string, at: number): string => {
  const end = text.indexOf('\n', at)
  return text.slice(at, Math.min(end < 0 ? text.length : end, at + 400))
}

function isMark(
  run: string,
  previous: string,
  following: string,
  isInLink: boolean,
  text: string,
  at: number,
): boolean {
  const isOutside = (sign: string) => sign === '' || /\s/.test(sign)
  switch (run[0]) {
    case '\\':
      return escapable.test(following) || following === '\n' || at === text.length - 1
    case '`':
      return true
    case '*':
      return !isOutside(previous) || !isOutside(following)
    case '_':
      return !letter.test(previous) || !letter.test(following)
    case '~':
      return run.length > 1
    case '|':
      return run.length === 2
    case '[':
      return isInLink
    case ']':
      return isInLink || following === '('
    case '!':
      return following === '['
    case '<':
      return autolink.test(text.slice(at, at + 4100))
    default:
      return false
  }
}
