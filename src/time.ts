let lastDate: Date | undefined
let lastText = ''

/** ISO 8601 in UTC with milliseconds. The messages of one commit share a Date, so the last result is cached. */
export function isoTime(date: Date): string {
  if (date !== lastDate) {
    lastText = date.toISOString()
    lastDate = date
  }
  return lastText
}
