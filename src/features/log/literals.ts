/** Array literals. `unnest` fills a shorter array up with nulls, so a column of nulls is an empty one. */
export const plain = (values: (string | number | null)[]): string =>
  values.every((value) => value === null) ? '{}' : `{${values.map((value) => value ?? 'null').join(',')}}`

/** For texts with characters that have a meaning in a literal; the other columns need no quoting. */
export const quoted = (values: (string | null)[]): string | (string | null)[] =>
  values.every((value) => value === null) ? '{}' : values
