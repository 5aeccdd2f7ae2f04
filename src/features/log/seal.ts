import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import { perKeyring, type Tools } from '../../scope.ts'
import { type Facts, oldPlaceOf, placeOf } from './facts.ts'
import { isLinked } from './integrity.ts'

const mostRemembered = 8_000_000

/**
 * Texts that were opened recently are cached by their ciphertext, because many people read the same pages. A row that was
 * changed or moved in the database does not match its cached ciphertext and place, so it goes through the cipher.
 */
const sealer = perKeyring(({ policy: { keyring } }) => ({
  cipher: createMessageCipher(keyring),
  opened: new Map<string, { at: string; text: string }>(),
  characters: 0,
}))

/**
 * A text is bound to everything that its entry says, and opens only there. The row of a text is never given another text
 * (an edit is a new row), so an old ciphertext of the row is the same text.
 */
export function sealText(tools: Tools, place: string, text: string): string {
  return sealer(tools).cipher.seal(text, place, textForm)
}

/** The form of sealed texts whose place has all facts. */
export const textForm = 2

/** The same text, sealed with the current key in the newest form; undefined where it does not open. */
export function resealText(tools: Tools, facts: Facts, body: string): string | undefined {
  const { cipher } = sealer(tools)
  try {
    return cipher.seal(cipher.open(body, placeIn(body, facts)), placeOf(facts), textForm)
  } catch (error) {
    if (error instanceof Tampered) return undefined
    throw error
  }
}

/** Texts from before there were links know only their place and author. */
export const placeIn = (body: string, facts: Facts): string =>
  isOld(body) ? oldPlaceOf(facts) : placeOf(facts)

export const isOld = (body: string): boolean => body.startsWith('1.')

/** The text, or `damaged` where what is stored is not what was sealed for this entry. */
export function openText(tools: Tools, facts: Facts, body: string): { text: string; damaged?: true } {
  const at = placeIn(body, facts)
  const known = sealer(tools).opened.get(body)
  if (known?.at === at) return { text: known.text }
  try {
    if (isOld(body) && isLinked(tools)) throw new Tampered('Sealed in a form that no text here has any more')
    const text = sealer(tools).cipher.open(body, at)
    remember(tools, body, at, text)
    return { text }
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    tools.metrics.decryptFailures.add()
    tools.log.warn('a stored message does not decrypt', { room: facts.roomKey, seq: facts.seq })
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
