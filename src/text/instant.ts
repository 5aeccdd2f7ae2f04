const written = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/** A time that both databases store and write with four digits for its year. In ms since 1970. */
export const isStorable = (at: number): boolean => at >= 0 && at <= Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Whether its first ten characters are a day of the calendar: JavaScript takes 30 February for 2 March. */
export const startsWithDay = (text: string): boolean => {
  const day = new Date(text.slice(0, 10))
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10))
}

/** Whether it is a time in ISO 8601 of the years 1970 to 9999 in UTC. */
export const isInstant = (text: string): boolean =>
  written.test(text) && startsWithDay(text) && isStorable(Date.parse(text))
