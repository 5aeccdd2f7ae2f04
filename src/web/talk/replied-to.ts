import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import type { RoomState } from '../../sdk/state.ts'

/** The message that a reply belongs to: `null` if it does not exist, undefined until that is known. */
export function repliedTo({ excerpt, messages, quoted }: RoomState, seq: number): Message | null | undefined {
  const found = findSeq(excerpt?.messages ?? [], seq) ?? findSeq(messages, seq)
  if (found) return found
  return quoted && Object.hasOwn(quoted, seq) ? (quoted[seq] ?? null) : undefined
}
