import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import { perServer, type Tools } from '../../scope.ts'

const mostRemembered = 8_000_000

/**
 * Texts that were opened recently are cached by their ciphertext, because many people read the same pages. A row that was
 * changed or moved in the database does not match its cached ciphertext and place, so it goes through the cipher.
 */
const makeSealer = ({ policy: { keyring } }: Tools) => ({
  keyring,
  cipher: createMessageCipher(keyring),
  opened: new Map<string, { at: string; text: string }>(),
  characters: 0,
})

const sealers = perServer(makeSealer)

/** A new keyring empties the cache, so that no text stays readable after its key was dropped. */
function sealer(tools: Tools): ReturnType<typeof makeSealer> {
  const kept = sealers(tools)
  return kept.keyring === tools.policy.keyring ? kept : Object.assign(kept, makeSealer(tools))
}

/**
 * A text is bound to its place and its author. A row never gets another text, because an edit is a new row: so nobody can
 * put an old ciphertext back either.
 */
export const placeOf = (roomKey: number, seq: number, author: string): string =>
  `message|${roomKey}|${seq}|${author}`

export function sealText(tools: Tools, roomKey: number, seq: number, author: string, text: string): string {
  return sealer(tools).cipher.seal(text, placeOf(roomKey, seq, author))
}

/** The same text for the same place, sealed with the current key; undefined where it does not open. */
export function resealText(
  tools: Tools,
  roomKey: number,
  seq: number,
  author: string,
  body: string,
): string | undefined {
  const { cipher } = sealer(tools)
  const at = placeOf(roomKey, seq, author)
  try {
    return cipher.seal(cipher.open(body, at), at)
  } catch (error) {
    if (error instanceof Tampered) return undefined
    throw error
  }
}

/** The text, or `damaged` where what is stored is not what was sealed for this place. */
export function openText(
  tools: Tools,
  roomKey: number,
  seq: number,
  author: string,
  body: string,
): { text: string; damaged?: true } {
  const at = placeOf(roomKey, seq, author)
  const known = sealer(tools).opened.get(body)
  if (known?.at === at) return { text: known.text }
  try {
    const text = sealer(tools).cipher.open(body, at)
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
  const kept = sealer(tools)
  kept.opened.set(body, { at, text })
  kept.characters += body.length + text.length
  while (kept.characters > mostRemembered) {
    const [oldest, { text: gone }] = kept.opened.entries().next().value!
    kept.opened.delete(oldest)
    kept.characters -= oldest.length + gone.length
  }
}
