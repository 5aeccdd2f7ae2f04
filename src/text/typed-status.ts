import { isReaction } from './emoji.ts'

const hourMs = 3_600_000
const units: Record<string, number> = { m: hourMs / 60, h: hourMs, d: 24 * hourMs }

/** `2h`, `30m` or `1d` from now; undefined if it is none of these. */
export function endIn(typed: string, now: Date): Date | undefined {
  const [, amount, unit] = /^(\d{1,3})([mhd])$/.exec(typed) ?? []
  return Number(amount) > 0 ? new Date(now.getTime() + Number(amount) * units[unit!]!) : undefined
}

/** What follows `/status`: `2h 🌴 On holiday`, each part of it optional. Undefined if nothing is left to say, or no time. */
export function statusIn(
  typed: string,
  now: Date,
): { emoji?: string; text?: string; until?: string } | undefined {
  const words = typed.split(' ').filter(Boolean)
  const until = endIn(words[0] ?? '', now)?.toISOString()
  if (until) words.shift()
  else if (/^0+[mhd]$/.test(words[0] ?? '')) return undefined
  const emoji = isReaction(words[0] ?? '') ? words.shift() : undefined
  const text = words.join(' ')
  if (!emoji && !text) return undefined
  return { ...(emoji ? { emoji } : {}), ...(text ? { text } : {}), ...(until ? { until } : {}) }
}
