/**
 * How both doors read JSON (RFC 8259): a byte order mark before it is ignored. Throws a SyntaxError. The caller must refuse
 * what `repeatsName`.
 */
export const parseJson = (text: string): unknown =>
  JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

/**
 * Whether an object in this JSON has a name twice. Parsers differ in which of the two counts (RFC 8259 section 4), so what a
 * proxy has checked might not be what we read. `value` is what the text was parsed to: it then has fewer names than the text.
 */
export function repeatsName(text: string, value: unknown): boolean {
  const names = namesInValue(value)
  // Most texts have no colon but those of the names.
  return colonsIn(text) !== names && namesInText(text) !== names
}

function colonsIn(text: string): number {
  let colons = 0
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) colons++
  return colons
}

/** The strings that a colon follows. The text is known to be JSON. */
function namesInText(text: string): number {
  let names = 0
  for (let start = text.indexOf('"'); start >= 0; ) {
    let end = text.indexOf('"', start + 1)
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
    let next = end + 1
    while (isSpace(text.charCodeAt(next))) next++
    if (text[next] === ':') names++
    start = text.indexOf('"', next)
  }
  return names
}

function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** With a list of what is left, because a recursive function would overflow the stack. */
function namesInValue(value: unknown): number {
  let names = 0
  const left = [value]
  while (left.length > 0) {
    const each = left.pop()
    if (typeof each !== 'object' || each === null) continue
    const isList = Array.isArray(each)
    for (const name in each) {
      if (!isList) names++
      const inside = (each as Record<string, unknown>)[name]
      if (typeof inside === 'object') left.push(inside)
    }
  }
  return names
}
