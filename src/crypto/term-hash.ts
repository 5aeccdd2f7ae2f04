import { deriveKey } from './keys.ts'

/** Beginnings of words come again and again, so most are hashed once. */
const mostRemembered = 50_000

/**
 * HMAC-SHA256 of a term of the search index, cut to 32 bits, with a key of its own: nobody who has only the database can say which word it is,
 * and there are words with the same hash.
 */
export function createTermHash(key: Uint8Array): (term: string) => number {
  const own = deriveKey(key, 'search index')
  let known = new Map<string, number>()
  return (term) => {
    const found = known.get(term)
    if (found !== undefined) return found
    const hash = new Bun.CryptoHasher('sha256', own).update(term).digest().readInt32LE(0)
    if (known.size >= mostRemembered) known = new Map()
    known.set(term, hash)
    return hash
  }
}
