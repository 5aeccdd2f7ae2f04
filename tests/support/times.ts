/** Times that a database does not store, or that are none. */
export const unknownTimes = [
  '0000-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '9999-12-31T23:59:59-23:59',
  '2100-06-30T23:59:60Z',
  '2100-02-29',
  '2100-02-30T00:00:00Z',
  '2100-04-31T12:00+01:00',
]
