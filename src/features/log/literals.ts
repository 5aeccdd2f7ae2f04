/** The array literal of a column. `unnest` fills a shorter array up with nulls, so a column of nulls is an empty array. */
export const plain = (values: (string | number | null)[]): string =>
  values.every((value) => value === null) ? '{}' : `{${values.map((value) => value ?? 'null').join(',')}}`

/** A column of texts, which may have characters with a meaning in a literal: the driver quotes the elements of an array. */
export const quoted = (values: (string | null)[]): string | (string | null)[] =>
  values.every((value) => value === null) ? '{}' : values
