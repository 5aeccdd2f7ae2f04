import { invalidField } from '../../../protocol/errors.ts'

/** How times are written in the pages: in the time zone of the person who asked. */
export type Times = {
  zone: string
  day(iso: string): string
  time(iso: string): string
  both(iso: string): string
}

export function timesIn(zone: string): Times {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const { format } = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
    return (iso: string) => format(new Date(iso))
  }
  try {
    return {
      zone,
      day: format({ dateStyle: 'full' }),
      time: format({ timeStyle: 'short' }),
      both: format({ dateStyle: 'medium', timeStyle: 'short' }),
    }
  } catch (error) {
    if (error instanceof RangeError) throw invalidField('/time_zone', 'time_zone_unknown')
    throw error
  }
}
