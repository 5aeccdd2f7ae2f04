import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Key, Keyring } from './keyring.ts'

/** Thrown when a sealed text was changed, moved or cut, or its key is unknown. */
export class Tampered extends Error {
  override name = 'Tampered'
}

/** The first part of a sealed text. It says what the place was made of. */
export type Form = 1 | 2

export type MessageCipher = {
  /** Seals a well-formed text; it opens only with the same `place`. */
  seal(text: string, place: string, form?: Form): string
  /** Throws `Tampered`. */
  open(sealed: string, place: string): string
}

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
const poolBytes = 65_536
/** A UTF-16 unit takes at most so many bytes in UTF-8. */
const bytesPerUnit = 3
const forms: readonly Form[] = [1, 2]

/**
 * AES-256-GCM. A sealed text is `<form>.<key id>.<base64url of IV, ciphertext, tag>`. The part before the last dot and the
 * place are authenticated too. The IV is random (RFC 5116), so one key may seal 2³² messages.
 */
export function createMessageCipher(keyring: Keyring): MessageCipher {
  const { key } = keyring.current
  const headers = { 1: headerOf(keyring.current), 2: headerOf(keyring.current, 2) }
  const keys = new Map(
    [keyring.current, ...keyring.older].flatMap((each) =>
      forms.map((form) => [headerOf(each, form), each.key] as const),
    ),
  )
  // Get random bytes in bulk: one call for each message would cost more than the encryption.
  const pool = Buffer.allocUnsafeSlow(poolBytes)
  let used = poolBytes
  /** One buffer for what each seal writes: a new one for the place, the text and the result took a quarter of its time. */
  let scratch = Buffer.allocUnsafeSlow(poolBytes)

  function seal(text: string, place: string, form: Form = 1): string {
    const header = headers[form]
    if (used + ivBytes > poolBytes) {
      crypto.getRandomValues(pool)
      used = 0
    }
    const iv = pool.subarray(used, used + ivBytes)
    used += ivBytes
    const most = (header.length + place.length + text.length) * bytesPerUnit + ivBytes + tagBytes
    if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most)
    const cipher = createCipheriv(algorithm, key, iv)
    const placeEnd = scratch.write(header + place)
    cipher.setAAD(scratch.subarray(0, placeEnd))
    const sealed = cipher.update(scratch.subarray(placeEnd, placeEnd + scratch.write(text, placeEnd)))
    cipher.final()
    scratch.set(iv)
    scratch.set(sealed, ivBytes)
    scratch.set(cipher.getAuthTag(), ivBytes + sealed.length)
    return header + scratch.toString('base64url', 0, ivBytes + sealed.length + tagBytes)
  }

  function open(sealed: string, place: string): string {
    const body = sealed.indexOf('.', sealed.indexOf('.') + 1) + 1
    const header = sealed.slice(0, body)
    const key = keys.get(header)
    if (!key) throw new Tampered('The key or the format of the sealed text is unknown')
    const written = sealed.slice(body)
    const bytes = Buffer.from(written, 'base64url')
    if (bytes.length < ivBytes + tagBytes || !isCanonical(written, bytes)) {
      throw new Tampered('The sealed text is damaged')
    }
    const tagAt = bytes.length - tagBytes
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(header + place))
    decipher.setAuthTag(bytes.subarray(tagAt))
    const text = decipher.update(bytes.subarray(ivBytes, tagAt))
    try {
      decipher.final()
    } catch {
      throw new Tampered('The sealed text does not belong here or was changed')
    }
    return text.toString('utf8')
  }

  return { seal, open }
}

/** The beginning of every text that this key has sealed in this form. */
export function headerOf(key: Pick<Key, 'id'>, form: Form = 1): string {
  return `${form}.${key.id}.`
}

/**
 * Decoding skips foreign characters and ignores spare bits, so without this check several texts would open as the same
 * message. Skipped characters show in the length, and only the last group can have spare bits, so we encode only that.
 */
function isCanonical(written: string, bytes: Buffer): boolean {
  const spare = bytes.length % 3
  if (written.length !== Math.ceil((bytes.length * 4) / 3)) return false
  return spare === 0 || written.endsWith(bytes.subarray(bytes.length - spare).toString('base64url'))
}

/** The id of the key that a text was sealed with; empty if the text is not sealed. */
export const keyIdOf = (sealed: string): string => sealed.split('.')[1] ?? ''
