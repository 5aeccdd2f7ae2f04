import { computed } from '@preact/signals'
import { language } from './language.ts'
import { say } from './say.ts'

const format = (options: Intl.DateTimeFormatOptions) =>
  computed(() => {
    // The browser's own region (`en-GB`) is kept where it speaks the language chosen.
    const own = (globalThis.navigator?.languages ?? []).find((tag) => tag.split('-')[0] === language.value)
    return new Intl.DateTimeFormat(own ?? language.value, options)
  })

const clock = format({ hour: 'numeric', minute: '2-digit' })
const full = format({ dateStyle: 'full', timeStyle: 'medium' })
const short = format({ dateStyle: 'medium', timeStyle: 'short' })
const inYear = format({ weekday: 'long', day: 'numeric', month: 'long' })
const longAgo = format({ day: 'numeric', month: 'long', year: 'numeric' })

export const timeOf = (at: string): string => clock.value.format(new Date(at))
/** To the second, for a title. */
export const momentOf = (at: string): string => full.value.format(new Date(at))
/** For a list of things that happened on many days. */
export const whenOf = (at: string): string => short.value.format(new Date(at))
/** For what matters for years. */
export const longDayOf = (at: string): string => longAgo.value.format(new Date(at))

/** Names a day of the reader's own calendar; equal for equal days. */
export const dayKey = (at: string | Date): string => {
  const day = new Date(at)
  return `${day.getFullYear()}-${day.getMonth()}-${day.getDate()}`
}

export function dayName(at: string, now = new Date()): string {
  if (dayKey(at) === dayKey(now)) return say('day.today')
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  if (dayKey(at) === dayKey(yesterday)) return say('day.yesterday')
  const day = new Date(at)
  return (day.getFullYear() === now.getFullYear() ? inYear : longAgo).value.format(day)
}

/** The time alone, of today; with its date, of any other day. */
export const clockOf = (at: string): string => (dayKey(at) === dayKey(new Date()) ? timeOf : whenOf)(at)
