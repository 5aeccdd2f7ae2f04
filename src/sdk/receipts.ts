import type { RoomState } from './state.ts'

type Receipts = RoomState['receipts']

/** Receipts only move forward, in whatever order they arrive. */
export function withReceipt(
  receipts: Receipts,
  username: string,
  { delivered_seq, read_seq }: Receipts[string],
): Receipts {
  const before = Object.hasOwn(receipts, username) ? receipts[username] : undefined
  const receipt = {
    delivered_seq: Math.max(before?.delivered_seq ?? 0, delivered_seq),
    read_seq: Math.max(before?.read_seq ?? 0, read_seq),
  }
  return { ...receipts, [username]: receipt }
}
