const protocols = new Set(['http:', 'https:', 'mailto:'])
const longest = 2048

/** Returns the address if it is a safe link. An address that could run a script is not. */
export function safeHref(text: string): string | undefined {
  if (text.length > longest || /[\s<>\\]/.test(text) || !/^(https?:\/\/|mailto:)./i.test(text))
    return undefined
  try {
    const address = new URL(text)
    return protocols.has(address.protocol) ? text : undefined
  } catch {
    return undefined
  }
}

const bare = /https?:\/\/[^\s<>"'`\\]+/iy
const trailing = new Set('.,;:!?*_~])}…')

/** The web address that begins here, without the punctuation of the sentence around it. */
export function bareAddressAt(text: string, from: number): string | undefined {
  bare.lastIndex = from
  const found = bare.exec(text)?.[0].slice(0, longest)
  if (!found) return undefined
  let end = found.length
  let unclosed = count(found, '(') - count(found, ')')
  while (end > 0 && trailing.has(found[end - 1]!)) {
    if (found[end - 1] === ')') {
      // The bracket of https://en.wikipedia.org/wiki/Parley_(play) belongs to the address.
      if (unclosed >= 0) break
      unclosed++
    }
    end--
  }
  const address = found.slice(0, end)
  return /^https?:\/\/[^/]/i.test(address) ? safeHref(address) : undefined
}

const count = (text: string, letter: string) => text.split(letter).length - 1
