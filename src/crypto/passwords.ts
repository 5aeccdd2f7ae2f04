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

type PasswordHasher = {
  hash(password: string, asker?: Asker): Promise<string>
  /** With `undefined` (no such user, no password set) it takes the same time and returns false. */
  verify(password: string, hash: string | undefined, asker?: Asker): Promise<boolean>
  /** The number of queued calls. */
  waiting(): number
}

type PasswordHasherOptions = {
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
function preparePassword(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC')
}

/** Why a password is refused, as a reason with its params. */
type Weakness =
  | ['broken_text' | 'password_is_name' | 'password_common']
  | ['too_short', { min: number }]
  | ['too_long', { max: number }]

/** Whose password it is: what a guesser knows of them. */
export type Owner = { username: string; email?: string | undefined; displayName?: string | undefined }

/** Why a new password is refused; `undefined` when it is good enough. */
export function weakness(password: string, owner: Owner, site?: string): Weakness | undefined {
  if (!password.isWellFormed()) return ['broken_text']
  const prepared = preparePassword(password)
  const length = [...prepared].length
  if (length < 8) return ['too_short', { min: 8 }]
  if (length > 1_024) return ['too_long', { max: 1_024 }]
  const lower = prepared.toLowerCase()
  if (owner.email?.normalize('NFC').toLowerCase() === lower) return ['password_is_name']
  const [local, domain = ''] = owner.email?.split('@') ?? []
  const own = [owner.username, local, ...partsOf(owner.displayName, ' ')]
  const places = [...partsOf(site, '.'), ...partsOf(domain, '.')]
  if (isMadeOf(lower, own)) return ['password_is_name']
  if (isMadeOf(lower, [...own, ...places]) || isCommonPassword(prepared)) return ['password_common']
  return undefined
}

/** "Ada Lovelace", "Ada", "Lovelace". */
const partsOf = (name = '', sign: string): string[] => [name, ...name.split(sign)]

/** "mallory1", "Mallory-1990", "mallory mallory": names, and nothing else but a number of up to eight digits. */
function isMadeOf(lower: string, names: (string | undefined)[]): boolean {
  const plain = names
    .map((name = '') => withoutSigns(name.normalize('NFC').toLowerCase()))
    .filter((name) => name.length >= 3)
    .sort((one, other) => other.length - one.length)
  const password = withoutSigns(lower)
  const rest = plain.reduce((left, name) => left.replaceAll(name, ''), password)
  return rest.length < password.length && /^\d{0,8}$/.test(rest)
}

/** A hash of the same cost that matches no password, so that an unknown user takes as long as a known one. */
function unmatchableHash(memoryKiB: number, timeCost: number): string {
  const random = () => crypto.getRandomValues(Buffer.alloc(32)).toString('base64').replace('=', '')
  return `$argon2id$v=19$m=${memoryKiB},t=${timeCost},p=1$${random()}$${random()}`
}
