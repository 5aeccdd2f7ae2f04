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

const mostRemembered = 8_000_000

/**
 * Texts that were opened lately, by what is stored: many people read the same pages. What was changed in the database, or
 * moved, is another key or another place, and goes through the cipher as if nothing were remembered.
 */
const opened = perServer(() => ({ texts: new Map<string, { at: string; text: string }>(), characters: 0 }))

/** The text, or `damaged` where what is stored is not what was sealed for this place. */
export function openText(
  tools: Tools,
  roomKey: number,
  seq: number,
  author: string,
  body: string,
): { text: string; damaged?: true } {
  const at = place(roomKey, seq, author)
  const known = opened(tools).texts.get(body)
  if (known?.at === at) return { text: known.text }
  try {
    const text = cipher(tools).open(body, at)
    remember(tools, body, at, text)
    return { text }
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    tools.metrics.decryptFailures.add()
    tools.log.warn('a stored message does not decrypt', { room: roomKey, seq })
    return { text: '', damaged: true }
  }
}

function remember(tools: Tools, body: string, at: string, text: string): void {
  const kept = opened(tools)
  kept.texts.set(body, { at, text })
  kept.characters += body.length + text.length
  while (kept.characters > mostRemembered) {
    const [oldest, { text: gone }] = kept.texts.entries().next().value!
    kept.texts.delete(oldest)
    kept.characters -= oldest.length + gone.length
  }
}
