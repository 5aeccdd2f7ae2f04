const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const inYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const longAgo = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })

export const timeOf = (at: string): string => clock.format(new Date(at))
export const momentOf = (at: string): string => full.format(new Date(at))

/** Names a day of the reader's own calendar; equal for equal days. */
export const dayKey = (at: string | Date): string => {
  const day = new Date(at)
  return `${day.getFullYear()}-${day.getMonth()}-${day.getDate()}`
}

export function dayName(at: string, now = new Date()): string {
  if (dayKey(at) === dayKey(now)) return 'Today'
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  if (dayKey(at) === dayKey(yesterday)) return 'Yesterday'
  const day = new Date(at)
  return (day.getFullYear() === now.getFullYear() ? inYear : longAgo).format(day)
}
