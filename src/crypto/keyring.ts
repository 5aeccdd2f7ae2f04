import { createHash } from 'node:crypto'
import { checkSecret, deriveKey } from './keys.ts'

export type Key = { readonly id: string; readonly key: Buffer }

/** `current` seals messages; the older keys only open them. */
export type Keyring = { readonly current: Key; readonly older: readonly Key[] }

/**
 * Reads `ENCRYPTION_KEY`: 32 bytes as base64 or hex (or a long passphrase), or `id:key,id:key…`, the current one first.
 * Throws an error whose message continues the name of the variable and never contains a part of the key.
 */
export function parseKeyring(text: string): Keyring {
  const keys = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseKey)
  const [current, ...older] = keys
  if (!current) throw new Error('is missing')
  const ids = new Set(keys.map(({ id }) => id))
  if (ids.size < keys.length) throw new Error('names two keys with the same id')
  return { current, older }
}

/** The text that `parseKeyring` reads; a passphrase becomes the key derived from it. */
export function writeKeyring({ current, older }: Keyring): string {
  return [current, ...older].map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',')
}

export const keyIds = ({ current, older }: Keyring): string[] => [current, ...older].map(({ id }) => id)

/** A new key with its id, in the form of `ENCRYPTION_KEY`. */
export function makeKey(): string {
  const key = crypto.getRandomValues(Buffer.alloc(32))
  return `${idOf(key)}:${key.toString('base64')}`
}

function parseKey(entry: string): Key {
  const [, id, written] = /^([A-Za-z0-9_-]{1,32}):(.+)$/.exec(entry) ?? [undefined, undefined, entry]
  const weak = checkSecret(written)
  if (weak) throw new Error(weak)
  const key = decode(written!)
  if (new Set(key).size < 5) throw new Error('is too regular to be random')
  return { id: id ?? idOf(key), key }
}

/** 32 bytes as hex or base64. Any other text is a passphrase: HKDF derives the key. */
function decode(written: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(written)) return Buffer.from(written, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(written)) return Buffer.from(written, 'base64')
  return deriveKey(written, 'message key')
}

/** An id that reveals nothing about the key. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('parley key id').update(key).digest('hex').slice(0, 8)
}
