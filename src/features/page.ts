import { isStorable } from '../text/instant.ts'

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

/** A place in the log of a room and its time: what lists over many rooms are sorted by, newest first. */
export type Newest = { at: number; roomKey: number; place: number }

export const newestCursor = ({ at, roomKey, place }: Omit<Newest, 'at'> & { at: Date }): string =>
  `${at.getTime()}.${roomKey}.${place}`

/** A cursor that is none of ours starts from the beginning. */
export function newestIn(cursor = ''): Newest | undefined {
  const [, at, roomKey, place] = /^(\d{1,15})\.(\d{1,9})\.(\d{1,15})$/.exec(cursor) ?? []
  if (place === undefined || !isStorable(Number(at))) return undefined
  return { at: Number(at), roomKey: Number(roomKey), place: Number(place) }
}
