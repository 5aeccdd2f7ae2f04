/** What stands behind the `]` of a link: `(address "title")`. */
type LinkTail = { address: string; title: string | undefined; end: number }

/** So deep may brackets be in an address without `<` and `>`: otherwise each of thousands of `(` would be read to the end. */
const deepest = 32
const space = /[ \t]*(?:\n[ \t]*)?/y
const title = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\((?:[^()\\]|\\[\s\S])*\)/y
const inAngles = /<(?:[^<>\\\n]|\\.)*>/y

export function linkTailAt(text: string, at: number): LinkTail | undefined {
  if (text[at] !== '(') return undefined
  const from = skip(space, text, at + 1)
  const end = text[from] === '<' ? skip(inAngles, text, from) : endOfAddress(text, from)
  if (end === undefined || (text[from] === '<' && end === from)) return undefined
  const address = text[from] === '<' ? text.slice(from + 1, end - 1) : text.slice(from, end)
  const afterSpace = skip(space, text, end)
  const afterTitle = afterSpace > end ? skip(title, text, afterSpace) : afterSpace
  const last = skip(space, text, afterTitle)
  if (text[last] !== ')') return undefined
  const shown = afterTitle > afterSpace ? unescaped(text.slice(afterSpace + 1, afterTitle - 1)) : undefined
  return { address: unescaped(address), title: shown, end: last + 1 }
}

/** Where the pattern ends if it matches here. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function endOfAddress(text: string, from: number): number | undefined {
  let depth = 0
  let at = from
  for (; at < text.length; at++) {
    const letter = text[at]!
    if (letter <= ' ' || letter === '\u007f') break
    if (letter === '\\' && escapable.test(text[at + 1] ?? '')) at++
    else if (letter === '(' && ++depth > deepest) return undefined
    else if (letter === ')' && --depth < 0) break
  }
  return depth > 0 ? undefined : Math.min(at, text.length)
}

/** ASCII punctuation. */
export const escapable = /[!-/:-@[-`{-~]/

export const unescaped = (text: string): string => text.replace(/\\([!-/:-@[-`{-~])/g, '$1')
