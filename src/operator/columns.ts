/** The columns of a line. A text of people cannot add one. */
export const columns = (cells: readonly string[]): string =>
  cells.map((cell) => cell.replaceAll('\t', ' ')).join('\t')
