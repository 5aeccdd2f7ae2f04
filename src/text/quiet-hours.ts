/** The clock of a time zone, as `22:00`. Throws a `RangeError` for one that there is not. */
export const clockIn = (timeZone: string): ((at: Date) => string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format

/** Whether a time zone of the IANA database has this name. A browser may know offsets such as `+05:30` too. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    clockIn(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Whether these hours contain a time of day, as `clockIn` writes it. */
export function isQuiet({ from, to }: { from: string; to: string }, time: string): boolean {
  if (from < to) return from <= time && time < to
  return from !== to && (from <= time || time < to)
}
