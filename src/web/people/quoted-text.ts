import type { Message } from '../../protocol/messages.ts'
import type { State } from '../../sdk/state.ts'
import { beginningOf } from '../../text/cut.ts'
import { say } from '../language/say.ts'
import { wordsOf } from '../language/words-of.ts'
import { isBlocked } from './people.ts'

const longest = 200

/** The text of a message where it is quoted: on one line, cut, and not of a person you have blocked. */
export function quotedText(message: Message, blocked: State['blocked']): string {
  if (isBlocked(blocked, message.author.username)) return say('line.blocked')
  if (message.deleted_at) return say('line.deleted')
  if (message.damaged) return say('line.damaged')
  return beginningOf(wordsOf(message), longest)
}
