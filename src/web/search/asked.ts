/** What the person asked for. */
export type Asked = {
  text: string
  /** Absent: everywhere. */
  room?: string | undefined
  /** A username, or `me`. */
  from?: string | undefined
  /** Days of the calendar here: from the first one on, and before the second. */
  after?: string | undefined
  before?: string | undefined
  has?: 'file' | 'link' | 'pin' | undefined
}

/** The moment in which a day of the calendar begins here. */
export const startOf = (day: string): string => new Date(`${day}T00:00`).toISOString()
