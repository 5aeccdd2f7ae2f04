import { computed } from '@preact/signals'
import { language } from './language.ts'
import { say } from './say.ts'
import { dayKey, today } from './today.ts'

const format = (options: Intl.DateTimeFormatOptions) =>
  computed(() => {
    // Keeps the browser's region (`en-GB`) if its language is the chosen one.
    const own = (globalThis.navigator?.languages ?? []).find((tag) => tag.split('-')[0] === language.value)
    // The other numbers of the page are in these digits in every language: Egypt's own would be next to them.
    return new Intl.DateTimeFormat(own ?? language.value, { numberingSystem: 'latn', ...options })
  })

const clock = format({ hour: 'numeric', minute: '2-digit' })
const full = format({ dateStyle: 'full', timeStyle: 'medium' })
const short = format({ dateStyle: 'medium', timeStyle: 'short' })
const inYear = format({ weekday: 'long', day: 'numeric', month: 'long' })
const longAgo = format({ day: 'numeric', month: 'long', year: 'numeric' })

const weekday = format({ weekday: 'short' })
const shortDay = format({ day: 'numeric', month: 'short' })
const shortDate = format({ dateStyle: 'short' })

export const timeOf = (at: string): string => clock.value.format(new Date(at))
/** To the second, for a tooltip. */
export const momentOf = (at: string): string => full.value.format(new Date(at))
/** Date and time, for lists over many days. */
export const whenOf = (at: string): string => short.value.format(new Date(at))
/** The date with its year. */
export const longDayOf = (at: string): string => longAgo.value.format(new Date(at))

export function dayName(at: string, now = new Date()): string {
  if (dayKey(at) === dayKey(now)) return say('day.today')
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  if (dayKey(at) === dayKey(yesterday)) return say('day.yesterday')
  const day = new Date(at)
  return (day.getFullYear() === now.getFullYear() ? inYear : longAgo).value.format(day)
}

const weekMs = 7 * 24 * 3_600_000

/** As short as it can be: the time of today, the day of the last week, otherwise the date. */
export function shortTimeOf(at: string): string {
  if (dayKey(at) === today.value) return timeOf(at)
  const [day, now] = [new Date(at), new Date()]
  const isLately = now.getTime() - day.getTime() < weekMs && day.getDay() !== now.getDay()
  const isThisYear = day.getFullYear() === now.getFullYear()
  return (isLately ? weekday : isThisYear ? shortDay : shortDate).value.format(day)
}

/** The time, with the date unless it is today. */
export const clockOf = (at: string): string => (dayKey(at) === today.value ? timeOf : whenOf)(at)
