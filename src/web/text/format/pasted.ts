import type { Change } from './format.ts'

/** An address that is pasted over words makes them a link. Undefined if anything else is pasted, or over an address. */
export function pastedLink(text: string, start: number, end: number, pasted: string): Change | undefined {
  const address = pasted.trim()
  const words = text.slice(start, end)
  if (words.trim() === '' || /\n/.test(words) || !isAddress(address) || isAddress(words.trim()))
    return undefined
  const label = words.replace(/[\\[\]]/g, '\\$&')
  const link = `[${label}](${/[()]/.test(address) ? `<${address}>` : address})`
  const caret = start + link.length
  return { from: start, to: end, text: link, selected: [caret, caret] }
}

const isAddress = (text: string): boolean => /^https?:\/\/[^\s<>]+$/i.test(text) && URL.canParse(text)
