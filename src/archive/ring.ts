import type { Key, Keyring } from '../crypto/keyring.ts'
import { createMessageCipher, type MessageCipher, Tampered } from '../crypto/messages.ts'
import { placeOf } from '../features/log/seal.ts'
import { ChatError } from '../protocol/errors.ts'
import type { RingKey } from './format.ts'

const place = 'backup'
const checkText = 'parley'

const cipherOf = (key: Key): MessageCipher => createMessageCipher({ current: key, older: [] })

/** The keys of the texts as a backup lists them; the keys themselves only `withKeys`. */
export function describeRing({ current, older }: Keyring, withKeys: boolean): RingKey[] {
  return [current, ...older].map((key) => ({
    id: key.id,
    check: cipherOf(key).seal(checkText, place),
    ...(withKeys && { key: key.key.toString('base64') }),
  }))
}

type Entry = { room_key: number; seq: number; actor_id: string; body: string }

/** Seals the texts of a backup with the current key of the community that restores it. */
export function createResealer(target: Keyring, offered: readonly Key[]) {
  const own = cipherOf(target.current)
  const ciphers = new Map<string, MessageCipher | undefined>()
  /** For texts of another node with a newer key, which the node that made the backup did not know. */
  const unlisted = new Map(
    [target.current, ...target.older, ...offered].map((key) => [key.id, cipherOf(key)] as const),
  )
  /** Texts that were unreadable in the community that was backed up, and still are. */
  let unreadable = 0

  /** Throws when neither the backup nor this community has the current key. */
  function addRing(ring: RingKey[]): void {
    const inside = ring.flatMap(({ id, key }) => (key ? [{ id, key: Buffer.from(key, 'base64') }] : []))
    const candidates = [...inside, ...offered, target.current, ...target.older]
    for (const { id, check } of ring) {
      const proven = candidates.map(({ key }) => ({ id, key })).find((key) => opens(key, check))
      if (!proven) ciphers.set(id, undefined)
      else ciphers.set(id, isOwn(proven) ? own : cipherOf(proven))
    }
    requireKey(ring[0]!.id)
  }

  const isOwn = ({ id, key }: Key): boolean => id === target.current.id && key.equals(target.current.key)

  function requireKey(id: string): void {
    if (!ciphers.has(id) || ciphers.get(id)) return
    throw new ChatError('backup_key_missing', { key: id })
  }

  function reseal({ room_key, seq, actor_id, body }: Entry): string {
    const id = body.split('.')[1] ?? ''
    requireKey(id)
    const cipher = ciphers.get(id) ?? unlisted.get(id)
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

  return { addRing, reseal, unreadable: () => unreadable }
}

function opens(key: Key, check: string): boolean {
  try {
    return cipherOf(key).open(check, place) === checkText
  } catch (error) {
    if (error instanceof Tampered) return false
    throw error
  }
}
