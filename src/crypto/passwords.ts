import { isCommonPassword, withoutSigns } from './common-passwords.ts'

/** Thrown when the queue is full: one more password would not be checked in time. */
export class HasherBusy extends Error {
  override name = 'HasherBusy'
  constructor(readonly retryAfterMs: number) {
    super('Too many passwords are being checked right now')
  }
}

/** Who asks: somebody whom the server knows has a queue of their own, which goes first. */
export type Asker = 'known' | 'stranger'

export type PasswordHasher = {
  hash(password: string, asker?: Asker): Promise<string>
  /** With `undefined` (no such user, no password set) it takes the same time and returns false. */
  verify(password: string, hash: string | undefined, asker?: Asker): Promise<boolean>
  /** The number of queued calls. */
  waiting(): number
}

export type PasswordHasherOptions = {
  concurrency: number
  queue: number
  memoryKiB?: number
  timeCost?: number
}

/**
 * argon2id, a few at a time: each takes 19 MiB, so without a queue a flood of logins is a memory bomb. Strangers cannot
 * fill the queue of those whom the server knows, who are limited by their session or device.
 */
export function createPasswordHasher(options: PasswordHasherOptions): PasswordHasher {
  const { concurrency, queue, memoryKiB = 19_456, timeCost = 2 } = options
  const queued: Record<Asker, (() => void)[]> = { known: [], stranger: [] }
  const neverMatches = unmatchableHash(memoryKiB, timeCost)
  let running = 0

  async function limitConcurrency<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (queued[asker].length >= queue) throw new HasherBusy(1_000)
      // A call that finishes hands its place to the next, so `running` stays the same.
      await new Promise<void>((resolve) => queued[asker].push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = queued.known.shift() ?? queued.stranger.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password, asker = 'stranger') => {
      const prepared = preparePassword(password)
      return limitConcurrency(asker, () =>
        Bun.password.hash(prepared, { algorithm: 'argon2id', memoryCost: memoryKiB, timeCost }),
      )
    },
    verify: (password, hash, asker = 'stranger') => {
      // In UTF-8, an unpaired surrogate becomes U+FFFD: the password would also match others.
      const expected = password.isWellFormed() && hash !== undefined ? hash : neverMatches
      return limitConcurrency(asker, () => Bun.password.verify(preparePassword(password), expected))
    },
    waiting: () => queued.known.length + queued.stranger.length,
  }
}

/** OpaqueString of RFC 8265: other spaces become the plain space, then NFC; nothing is trimmed, folded or cut. */
export function preparePassword(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
}

/** Why a password is refused, as a reason with its params. */
export type Weakness =
  | ['broken_text' | 'password_is_name' | 'password_common']
  | ['too_short', { min: number }]
  | ['too_long', { max: number }]

/** Why a new password is refused; `undefined` when it is good enough. */
export function weakness(
  password: string,
  owner: { username: string; email?: string | undefined },
  site?: string,
): Weakness | undefined {
  if (!password.isWellFormed()) return ['broken_text']
  const prepared = preparePassword(password)
  const length = [...prepared].length
  if (length < 8) return ['too_short', { min: 8 }]
  if (length > 1_024) return ['too_long', { max: 1_024 }]
  const lower = prepared.toLowerCase()
  const own = [owner.username, owner.email, owner.email?.split('@')[0]]
  if (own.some((name) => name !== undefined && name.normalize('NFC').toLowerCase() === lower)) {
    return ['password_is_name']
  }
  if ([owner.username, owner.email?.split('@')[0]].some((name) => isMadeOf(lower, name)))
    return ['password_is_name']
  const ofSite = site === undefined ? [] : [site, ...site.split('.').slice(0, -1)]
  if (ofSite.some((name) => isMadeOf(lower, name)) || isCommonPassword(prepared)) return ['password_common']
  return undefined
}

/** "mallory1", "Mallory-1990", "mallory mallory": a name, and nothing else but a number of up to eight digits. */
function isMadeOf(lower: string, name = ''): boolean {
  const plain = withoutSigns(name.normalize('NFC').toLowerCase())
  const password = withoutSigns(lower)
  return plain.length >= 3 && password.includes(plain) && /^\d{0,8}$/.test(password.replaceAll(plain, ''))
}

/** A hash of the same cost that matches no password, so that an unknown user takes as long as a known one. */
function unmatchableHash(memoryKiB: number, timeCost: number): string {
  const random = () => crypto.getRandomValues(Buffer.alloc(32)).toString('base64').replace('=', '')
  return `$argon2id$v=19$m=${memoryKiB},t=${timeCost},p=1$${random()}$${random()}`
}
