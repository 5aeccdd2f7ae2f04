import { createCipheriv, createDecipheriv } from 'node:crypto'
import { createBounded } from '../bounded.ts'
import { deriveKey } from '../crypto/keys.ts'

/** Notes, or a word of a node about itself. */
export type Kind = 'notes' | 'word'

const kinds: readonly Kind[] = ['notes', 'word']
const algorithm = 'aes-256-gcm'
const version = 1
const nodeBytes = 16
const countBytes = 6
const headBytes = 2 + nodeBytes + countBytes
/** Version, kind and node: bytes that end with a whole group of base64. */
const prefixCharacters = ((2 + nodeBytes) / 3) * 4
const ivBytes = 12
const tagBytes = 16
const mostKeys = 1000

export type Opened = { node: string; kind: Kind; count: number; text: string }
export type Seal = ReturnType<typeof createSeal>

/**
 * AES-256-GCM for what nodes send to each other: `version, kind, node, count, ciphertext, tag` as base64. Each node has a key of
 * its own, derived from `key` and its name, and counts its messages: so no IV comes twice, and a message that comes again
 * is known. `community` and the head are authenticated too.
 */
export function createSeal(key: Uint8Array, community: string, node: string) {
  const keys = createBounded<string, Buffer>(mostKeys)
  const own = bytesOf(node)
  let count = 0

  function keyOf(name: string): Buffer {
    const known = keys.get(name)
    if (known) return known
    const derived = deriveKey(key, `node ${name}`)
    keys.set(name, derived)
    return derived
  }

  const placeOf = (head: Uint8Array): Buffer => Buffer.concat([Buffer.from(`parley bus|${community}|`), head])

  function seal(kind: Kind, text: string): string {
    const head = Buffer.alloc(headBytes)
    head[0] = version
    head[1] = kinds.indexOf(kind)
    own.copy(head, 2)
    head.writeUIntBE(++count, 2 + nodeBytes, countBytes)
    const cipher = createCipheriv(algorithm, keyOf(node), ivOf(head))
    cipher.setAAD(placeOf(head))
    const sealed = cipher.update(text, 'utf8')
    cipher.final()
    return Buffer.concat([head, sealed, cipher.getAuthTag()]).toString('base64')
  }

  /** Undefined if it is of another community, or not whole. */
  function open(written: string): Opened | undefined {
    const bytes = Buffer.from(written, 'base64')
    const kind = kinds[bytes[1] ?? -1]
    if (bytes.length < headBytes + tagBytes || bytes[0] !== version || !kind) return undefined
    const head = bytes.subarray(0, headBytes)
    const name = nameOf(head.subarray(2, 2 + nodeBytes))
    const decipher = createDecipheriv(algorithm, keyOf(name), ivOf(head), { authTagLength: tagBytes })
    decipher.setAAD(placeOf(head))
    decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
    const text = decipher.update(bytes.subarray(headBytes, bytes.length - tagBytes))
    try {
      decipher.final()
    } catch {
      return undefined
    }
    return {
      node: name,
      kind,
      count: head.readUIntBE(2 + nodeBytes, countBytes),
      text: text.toString('utf8'),
    }
  }

  function prefixOf(kind: Kind): string {
    const head = Buffer.concat([Buffer.from([version, kinds.indexOf(kind)]), own])
    return head.toString('base64').slice(0, prefixCharacters)
  }
  const prefixes = { notes: prefixOf('notes'), word: prefixOf('word') }

  return {
    seal,
    open,
    /** After a restore, or when an older database was found. */
    move: (next: string): boolean => {
      if (next === community) return false
      community = next
      return true
    },
    isOwn: (written: string, kind: Kind): boolean => written.startsWith(prefixes[kind]),
  }
}

const ivOf = (head: Buffer): Buffer =>
  Buffer.concat([Buffer.alloc(ivBytes - countBytes), head.subarray(headBytes - countBytes)])

const bytesOf = (name: string): Buffer => Buffer.from(name.replaceAll('-', ''), 'hex')

const nameOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
