import type { Key, Keyring } from '../crypto/keyring.ts'
import { createMessageCipher, type MessageCipher, Tampered } from '../crypto/messages.ts'
import { placeOf } from '../features/log/seal.ts'
import { ChatError } from '../protocol/errors.ts'
import type { RingKey } from './format.ts'

const place = 'backup'
const word = 'parley'

const cipherOf = (key: Key): MessageCipher => createMessageCipher({ current: key, older: [] })

/** What a backup says of the keys of its texts; the keys themselves only `withKeys`. */
export function describeRing({ current, older }: Keyring, withKeys: boolean): RingKey[] {
  return [current, ...older].map((key) => ({
    id: key.id,
    check: cipherOf(key).seal(word, place),
    ...(withKeys && { key: key.key.toString('base64') }),
  }))
}

type Entry = { room_key: number; seq: number; actor_id: string; body: string }

/** Seals the texts of a backup with the key of the community into which it is restored. */
export function createResealer(target: Keyring, offered: readonly Key[]) {
  const own = cipherOf(target.current)
  const ciphers = new Map<string, MessageCipher | undefined>()
  /** A node with a newer key may have sealed texts; the one that made the backup knew nothing of it. */
  const untold = new Map(
    [target.current, ...target.older, ...offered].map((key) => [key.id, cipherOf(key)] as const),
  )
  /** Texts that could not be read where the backup was made, and cannot be here. */
  let unreadable = 0

  /** Throws when the current key is at hand neither in the backup nor here. */
  function learn(ring: RingKey[]): void {
    const inside = ring.flatMap(({ id, key }) => (key ? [{ id, key: Buffer.from(key, 'base64') }] : []))
    const candidates = [...inside, ...offered, target.current, ...target.older]
    for (const { id, check } of ring) {
      const proven = candidates.map(({ key }) => ({ id, key })).find((key) => opens(key, check))
      if (!proven) ciphers.set(id, undefined)
      else ciphers.set(id, isOwn(proven) ? own : cipherOf(proven))
    }
    need(ring[0]!.id)
  }

  const isOwn = ({ id, key }: Key): boolean => id === target.current.id && key.equals(target.current.key)

  function need(id: string): void {
    if (!ciphers.has(id) || ciphers.get(id)) return
    throw new ChatError('backup_key_missing', { key: id })
  }

  function reseal({ room_key, seq, actor_id, body }: Entry): string {
    const id = body.split('.')[1] ?? ''
    need(id)
    const cipher = ciphers.get(id) ?? untold.get(id)
    if (cipher === own) return body
    try {
      if (!cipher) throw new Tampered('Sealed with a key that its own server did not have')
      const at = placeOf(room_key, seq, actor_id)
      return own.seal(cipher.open(body, at), at)
    } catch (error) {
      if (!(error instanceof Tampered)) throw error
      unreadable++
      return body
    }
  }

  return { learn, reseal, unreadable: () => unreadable }
}

function opens(key: Key, check: string): boolean {
  try {
    return cipherOf(key).open(check, place) === word
  } catch (error) {
    if (error instanceof Tampered) return false
    throw error
  }
}
