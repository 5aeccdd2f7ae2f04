/** A part of a file: `from` to `to`, both in it. */
export type Range = { from: number; to: number }

/**
 * What a `Range` header asks for (RFC 9110 section 14). Undefined: the whole file, because it asks for nothing that we know, or for several
 * parts. `none`: for nothing that there is.
 */
export function rangeOf(header: string | null, bytes: number): Range | 'none' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Math.min(Number(last), bytes)
    return length === 0 ? 'none' : { from: bytes - length, to: bytes - 1 }
  }
  const from = Number(first)
  const to = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (last !== '' && Number(last) < from) return undefined
  return from >= bytes ? 'none' : { from, to }
}
