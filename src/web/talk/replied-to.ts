import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import type { RoomState } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { plainText } from '../../text/markdown/plain.ts'
import { say } from '../language/say.ts'
import { isBlocked } from '../people/people.ts'

const quotedCharacters = 200

/** The message that a reply belongs to: `null` if it does not exist, undefined until that is known. */
export function repliedTo({ excerpt, messages, quoted }: RoomState, seq: number): Message | null | undefined {
  const found = findSeq(excerpt?.messages ?? [], seq) ?? findSeq(messages, seq)
  if (found) return found
  return quoted && Object.hasOwn(quoted, seq) ? (quoted[seq] ?? null) : undefined
}

/** What you see of that message, on one line. */
export function quotedText(message: Message, blocked: Parameters<typeof isBlocked>[0]): string {
  if (isBlocked(blocked, message.author.username)) return say('line.blocked')
  if (message.deleted_at) return say('line.deleted')
  if (message.damaged) return say('line.damaged')
  return beginningOf(plainText(message.content), quotedCharacters)
}
