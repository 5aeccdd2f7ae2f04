/**
 * The page of rows that were read with a limit of `limit + 1`: the row too many says that there is a next page, and is left
 * out. `next` is spread into the response, with the cursor of the last row of the page.
 */
export function pageOf<Row, Cursor>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => Cursor,
): { page: Row[]; next: { next?: Cursor } } {
  const page = rows.slice(0, limit)
  return { page, next: rows.length > limit ? { next: cursorOf(page.at(-1)!) } : {} }
}
