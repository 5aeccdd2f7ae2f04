/** A change of a text: the part it replaces, and the selection afterwards. */
export type Change = { from: number; to: number; text: string; selected: readonly [number, number] }
/** `start` and `end` are those of the selection. */
export type Format = (text: string, start: number, end: number) => Change

/** Adds marks around the selection, or removes them. Spaces at its edges stay outside the marks. */
export const wrap =
  (sign: string): Format =>
  (text, start, end) => {
    const [from, to] = trimmed(text, start, end)
    const width = sign.length
    if (isOn(text, from, to, sign))
      return {
        from: from - width,
        to: to + width,
        text: text.slice(from, to),
        selected: [from - width, to - width],
      }
    return {
      from,
      to,
      text: sign + text.slice(from, to) + sign,
      selected: [from + width, to + width],
    }
  }

const trimmed = (text: string, start: number, end: number): [number, number] => {
  const inner = text.slice(start, end)
  const words = inner.trim()
  if (words === '') return [start, end]
  const from = start + inner.indexOf(words)
  return [from, from + words.length]
}

/** `***both***` has three signs: one for `*`, two for `**`. */
function isOn(text: string, from: number, to: number, sign: string): boolean {
  const letter = sign[0]!
  let before = 0
  while (text[from - 1 - before] === letter) before++
  let after = 0
  while (text[to + after] === letter) after++
  const run = Math.min(before, after)
  return letter === '*' && sign.length === 1 ? run % 2 === 1 : run >= sign.length
}

/** Inline code, or a block of code when the selection has several lines. */
export const code: Format = (text, start, end) => {
  if (!text.slice(start, end).includes('\n')) return wrap('`')(text, start, end)
  const opening = start > 0 && text[start - 1] !== '\n' ? '\n```\n' : '```\n'
  const closing = end < text.length && text[end] !== '\n' ? '\n```\n' : '\n```'
  const inner = text.slice(start, end)
  const from = start + opening.length
  return { from: start, to: end, text: opening + inner + closing, selected: [from, from + inner.length] }
}

/** Replaces the selection. */
export const put =
  (word: string): Format =>
  (_, start, end) => ({
    from: start,
    to: end,
    text: word,
    selected: [start + word.length, start + word.length],
  })

const address = /^https?:\/\/\S+$/
const anyAddress = 'https://'

export const link: Format = (text, start, end) => {
  const inner = text.slice(start, end)
  if (address.test(inner))
    return { from: start, to: end, text: `[](${inner})`, selected: [start + 1, start + 1] }
  const from = start + inner.length + 3
  return {
    from: start,
    to: end,
    text: `[${inner}](${anyAddress})`,
    selected: inner === '' ? [start + 1, start + 1] : [from, from + anyAddress.length],
  }
}

/** Adds a sign in front of each line of the selection, or removes it. */
export const lines =
  (sign: string): Format =>
  (text, start, end) => {
    const from = text.lastIndexOf('\n', start - 1) + 1
    const next = text.indexOf('\n', end)
    const to = next < 0 ? text.length : next
    const each = text.slice(from, to).split('\n')
    const on = each.every((line) => line.startsWith(sign))
    const changed = each.map((line) => (on ? line.slice(sign.length) : sign + line)).join('\n')
    const caret = Math.max(from, start + (on ? -sign.length : sign.length))
    return {
      from,
      to,
      text: changed,
      selected: start === end ? [caret, caret] : [from, from + changed.length],
    }
  }
