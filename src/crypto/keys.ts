import { hkdfSync, timingSafeEqual } from 'node:crypto'

/** A 32-byte key for one purpose (HKDF-SHA256, RFC 5869), so that no two purposes share a key. */
export function deriveKey(secret: string | Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'parley', purpose, 32))
}

/** HMAC-SHA256 as base64url: the same text gives the same hash, and nobody can compute it without the key. */
export function keyedHash(key: Uint8Array, text: string): string {
  return new Bun.CryptoHasher('sha256', key).update(text).digest('base64url')
}

/** A random token, base64url. */
export function randomToken(bytes = 32): string {
  return crypto.getRandomValues(Buffer.alloc(bytes)).toString('base64url')
}

/** The stored form of a random token. SHA-256 is enough, because a random token cannot be guessed. */
export function hashToken(token: string): string {
  return new Bun.CryptoHasher('sha256').update(token).digest('base64url')
}

/** Compares two texts in constant time; only the time for different lengths differs. */
export function constantTimeEqual(one: string, other: string): boolean {
  const a = Buffer.from(one)
  const b = Buffer.from(other)
  return a.length === b.length && timingSafeEqual(a, b)
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** 16 characters of a–z and 0–9: 82 bits, safe in URLs and in file systems that ignore case. */
export function randomId(): string {
  let id = ''
  while (id.length < 16) {
    for (const byte of crypto.getRandomValues(new Uint8Array(24))) {
      // 252 is the last multiple of 36 in a byte; with larger bytes, the first letters would be more frequent.
      if (byte < 252 && id.length < 16) id += alphabet[byte % 36]
    }
  }
  return id
}

// Secrets from tutorials and example files are in every attacker's list.
const wellKnown = [
  '15d8f5f31c97b88aa6b303aa437b6e949afadc60b76ecfcbd085df680f4e353e',
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  'astringsecretatleast256bitslong',
  'your256bitsecret',
  'thisisa32charactersecretkey',
  'correcthorsebatterystaple',
]

const example =
  /change(me|this|it)|replace(me|this)|your(own|very|super|jwt|app|long|random|secure|strong)*(secret|encryption|key)|supersecret|secretkeyhere|placeholder|example|putyour|insertyour|generate(a|one|your)/

/** Why a secret is not acceptable, as the end of a sentence ("SECRET_KEY is …"); `undefined` if it is acceptable. */
export function checkSecret(secret: string | undefined): string | undefined {
  if (secret === undefined || secret.trim() === '') return 'is missing'
  if ([...secret].length < 32) return 'is shorter than 32 characters'
  const letters = secret.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (wellKnown.some((known) => letters.includes(known)) || example.test(letters)) {
    return 'is a well-known example'
  }
  if (new Set(secret).size < 5) return 'is too regular to be random'
  return undefined
}
