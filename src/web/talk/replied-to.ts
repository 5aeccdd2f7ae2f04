import type { Message } from '../../protocol/messages.ts'
import { findSeq } from '../../sdk/by-seq.ts'
import type { RoomState, State } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { isBlocked } from '../people/people.ts'

const quotedCharacters = 200

/** The message that a reply belongs to: `null` if it does not exist, undefined until that is known. */
export function repliedTo({ excerpt, messages, quoted }: RoomState, seq: number): Message | null | undefined {
  const found = findSeq(excerpt?.messages ?? [], seq) ?? findSeq(messages, seq)
  if (found) return found
  return quoted && Object.hasOwn(quoted, seq) ? (quoted[seq] ?? null) : undefined
}

/** The text of a message where it is quoted: on one line, cut, and not of a person you have blocked. */
export function quotedText(message: Message, blocked: State['blocked']): string {
  if (isBlocked(blocked, message.author.username)) return say('line.blocked')
  if (message.deleted_at) return say('line.deleted')
  if (message.damaged) return say('line.damaged')
  return beginningOf(wordsOf(message), quotedCharacters)
}
