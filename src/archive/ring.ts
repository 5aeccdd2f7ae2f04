import type { Key, Keyring } from '../crypto/keyring.ts'
import { createMessageCipher, keyIdOf, type MessageCipher, Tampered } from '../crypto/messages.ts'
import type { Detail } from '../features/log/entry.ts'
import type { Facts } from '../features/log/facts.ts'
import { isOld, placeIn } from '../features/log/seal.ts'
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

type Entry = {
  room_key: number
  seq: number
  kind: number
  actor_id: string
  at: string
  target: number | null
  reply_to: number | null
  client_id: string | null
  detail: Detail | null
  body: string
}

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

  function reseal({ body, ...entry }: Entry): string {
    const id = keyIdOf(body)
    requireKey(id)
    const cipher = ciphers.get(id) ?? unlisted.get(id)
    if (cipher === own) return body
    try {
      if (!cipher) throw new Tampered('Sealed with a key that its own server did not have')
      const at = placeIn(body, factsOf(entry))
      return own.seal(cipher.open(body, at), at, isOld(body) ? 1 : 2)
    } catch (error) {
      if (!(error instanceof Tampered)) throw error
      unreadable++
      return body
    }
  }

  /** A setting, changed on its way; undefined where it cannot be opened. */
  function resealSetting(sealed: string, place: string, change = (text: string) => text): string | undefined {
    const id = keyIdOf(sealed)
    try {
      const cipher = ciphers.get(id) ?? unlisted.get(id)
      return cipher && own.seal(change(cipher.open(sealed, place)), place)
    } catch (error) {
      if (error instanceof Tampered) return undefined
      throw error
    }
  }

  return { addRing, reseal, resealSetting, unreadable: () => unreadable }
}

const factsOf = (entry: Omit<Entry, 'body'>): Facts => ({
  roomKey: entry.room_key,
  seq: entry.seq,
  kind: entry.kind,
  actorId: entry.actor_id,
  at: new Date(entry.at),
  target: entry.target,
  replyTo: entry.reply_to,
  clientId: entry.client_id,
  detail: entry.detail,
})

function opens(key: Key, check: string): boolean {
  try {
    return cipherOf(key).open(check, place) === checkText
  } catch (error) {
    if (error instanceof Tampered) return false
    throw error
  }
}
