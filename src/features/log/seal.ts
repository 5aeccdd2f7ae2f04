import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import { perServer, type Tools } from '../../scope.ts'

const cipher = perServer((tools) => createMessageCipher(tools.rules.keyring))

/**
 * A text is bound to its place and its author. The row of a text is never written twice (an edit is a new row), so
 * an old ciphertext cannot be put back either.
 */
const place = (roomKey: number, seq: number, author: string): string => `message|${roomKey}|${seq}|${author}`

export function sealText(tools: Tools, roomKey: number, seq: number, author: string, text: string): string {
  return cipher(tools).seal(text, place(roomKey, seq, author))
}

/** The text, or `damaged` where what is stored is not what was sealed for this place. */
export function openText(
  tools: Tools,
  roomKey: number,
  seq: number,
  author: string,
  body: string,
): { text: string; damaged?: true } {
  try {
    return { text: cipher(tools).open(body, place(roomKey, seq, author)) }
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    tools.metrics.decryptFailures.add()
    tools.log.warn('a stored message does not decrypt', { room: roomKey, seq })
    return { text: '', damaged: true }
  }
}
