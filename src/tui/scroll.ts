import type { Row } from './timeline.ts'

/** The row at the top of the view; undefined: the view follows the newest message. */
export type Anchor = string | undefined

export type Window = { top: number; rows: Row[]; below: number }

/** The rows in view. An anchor that no longer exists (the room was fetched again) counts as none. */
export function look(rows: readonly Row[], height: number, anchor: Anchor): Window {
  const last = Math.max(0, rows.length - height)
  const found = anchor === undefined ? -1 : rows.findIndex(({ key }) => key === anchor)
  const top = found < 0 ? last : Math.min(found, last)
  return { top, rows: rows.slice(top, top + height), below: Math.max(0, rows.length - top - height) }
}

/** The anchor after scrolling by so many rows. At the bottom the view follows the newest message again. */
export function scrolled(rows: readonly Row[], height: number, anchor: Anchor, by: number): Anchor {
  const last = Math.max(0, rows.length - height)
  const top = Math.max(0, look(rows, height, anchor).top + by)
  return top >= last ? undefined : rows[top]?.key
}
