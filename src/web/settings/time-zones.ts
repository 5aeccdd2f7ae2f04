export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The first ones, which are where you are or were set elsewhere, and all that this browser knows: the value of each and how it is shown. */
export const zonesWith = (...more: string[]): [string, string][] =>
  [...new Set([...more, ...Intl.supportedValuesOf('timeZone')])].map((each) => [
    each,
    each.replaceAll('_', ' '),
  ])
