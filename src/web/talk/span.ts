import { indexFrom } from '../../sdk/by-seq.ts'

type Line = { readonly seq: number }

/**
 * Which messages are in the page, by `seq`: a room may have 100,000, the page a few screens of them. Without `to`, it
 * ends where the messages end, and grows with them.
 */
export type Span = { readonly from: number; readonly to?: number }

/** Lines added at a time. More would make frames late. */
export const step = 20
/** So many lines before and after the line that is jumped to. */
export const reach = 40
/** The most lines in the page. The others are a few screens away. */
const most = 240

/** The end of the room. */
export const lastOf = (lines: readonly Line[]): Span => ({
  from: lines[Math.max(0, lines.length - reach - step)]?.seq ?? 0,
})

/** `live`: the lines end where the room ends. */
export function around(lines: readonly Line[], seq: number, live: boolean): Span {
  const at = indexFrom(lines, seq)
  return ending(lines, lines[Math.max(0, at - reach)]?.seq ?? 0, at + reach, live)
}

/** Returns the same span if no line comes before it. */
export function earlier(lines: readonly Line[], span: Span): Span {
  const at = indexFrom(lines, span.from)
  return at === 0 ? span : { ...span, from: lines[Math.max(0, at - step)]!.seq }
}

export function later(lines: readonly Line[], span: Span, live: boolean): Span {
  if (span.to === undefined) return span
  const end = indexFrom(lines, span.to + 1)
  return end >= lines.length && !live ? span : ending(lines, span.from, end + step, live)
}

function ending(lines: readonly Line[], from: number, end: number, live: boolean): Span {
  if (end >= lines.length && live) return { from }
  const last = lines[Math.min(end, lines.length) - 1]
  return last ? { from, to: last.seq } : { from }
}

/** The lines of a span; when they are too many, those at the end that is in view. */
export function linesIn<Each extends Line>(lines: readonly Each[], span: Span, following: boolean): Each[] {
  const start = indexFrom(lines, span.from)
  const end = span.to === undefined ? lines.length : indexFrom(lines, span.to + 1)
  if (end - start <= most) return lines.slice(start, end)
  return following ? lines.slice(end - most, end) : lines.slice(start, start + most)
}

/** How many lines come before and after a span. */
export const beyond = (lines: readonly Line[], { from, to }: Span) => ({
  before: indexFrom(lines, from),
  after: to === undefined ? 0 : lines.length - indexFrom(lines, to + 1),
})
