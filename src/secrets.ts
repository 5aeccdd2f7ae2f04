import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Config, ConfigError, type Source } from './config.ts'
import { type Keyring, makeKey, parseKeyring, writeKeyring } from './crypto/keyring.ts'
import { checkSecret, randomToken } from './crypto/keys.ts'
import { reasonOf } from './reasons.ts'

export type Secrets = {
  /** The root of every derived key; never used as a key itself. */
  readonly secretKey: string
  readonly keyring: Keyring
  readonly sources: { readonly SECRET_KEY: Source; readonly ENCRYPTION_KEY: Source }
}

type Stored = { secret_key?: string; encryption_key?: string }

/**
 * The secrets from the environment, or, with the embedded database, from `DATA_DIR/secrets.json`, where missing
 * ones are made on first run. Throws a `ConfigError` when a secret of an existing database is lost.
 */
export function loadSecrets(config: Config): Secrets {
  if (config.secretKey !== undefined && config.encryptionKey !== undefined) return secretsOf(config, {})
  if (config.databaseUrl !== undefined) {
    throw new ConfigError(['SECRET_KEY and ENCRYPTION_KEY are needed with DATABASE_URL.'])
  }
  const path = pathOf(config)
  const stored = readStored(path)
  const complete = complement(config, stored)
  if (complete === stored) return secretsOf(config, stored ?? {})
  try {
    store(path, complete, stored !== undefined)
  } catch (error) {
    throw new ConfigError([
      `${path} cannot be written: ${reasonOf(error)}. Fix that, or choose another DATA_DIR.`,
    ])
  }
  // Another process may have been first: what lies on the disk is what everybody must use.
  return secretsOf(config, readStored(path) ?? complete)
}

const pathOf = (config: Config): string => join(config.dataDir, 'secrets.json')

/**
 * Replaces the keyring in `DATA_DIR/secrets.json` by another. Only for whoever holds the database. Throws a `ConfigError`
 * when what lies there is not what was read at the start: somebody has put another file there, with keys of its own.
 */
export function storeKeyring(config: Config, held: Keyring, next: Keyring): void {
  const path = pathOf(config)
  const stored = readStored(path)
  const written = stored?.encryption_key
  if (written === undefined || writeKeyring(parseKeyring(written)) !== writeKeyring(held)) {
    throw new ConfigError([
      `${path} does not hold the keys in use any more. Put it back, or start the server again.`,
    ])
  }
  removeDrafts(path)
  store(path, { ...stored, encryption_key: writeKeyring(next) }, true)
}

function secretsOf(config: Config, stored: Stored): Secrets {
  const secretKey = config.secretKey ?? stored.secret_key
  const encryptionKey = config.encryptionKey ?? stored.encryption_key
  if (secretKey === undefined || encryptionKey === undefined) throw new Error('A secret was not made')
  const sourceOf = (name: string, inEnvironment: boolean): Source =>
    inEnvironment ? (config.written[name]?.source ?? 'environment') : 'file'
  return Object.freeze({
    secretKey,
    keyring: parseKeyring(encryptionKey),
    sources: Object.freeze({
      SECRET_KEY: sourceOf('SECRET_KEY', config.secretKey !== undefined),
      ENCRYPTION_KEY: sourceOf('ENCRYPTION_KEY', config.encryptionKey !== undefined),
    }),
  })
}

/** Makes what neither the environment nor the file has; the very same object when nothing was missing. */
function complement(config: Config, stored: Stored | undefined): Stored {
  const needsKey = config.encryptionKey === undefined && stored?.encryption_key === undefined
  const needsSecret = config.secretKey === undefined && stored?.secret_key === undefined
  if (stored && !needsKey && !needsSecret) return stored
  const database = join(config.dataDir, 'db')
  if (needsKey && existsSync(database)) {
    throw new ConfigError([
      `${database} holds messages, but the key that opens them is not in ${join(config.dataDir, 'secrets.json')}. ` +
        'Put that file back from a backup or set ENCRYPTION_KEY to the key in use; a new key could not open them. ' +
        `To start without them, move ${database} away.`,
    ])
  }
  return {
    ...stored,
    ...(needsSecret && { secret_key: randomToken(32) }),
    ...(needsKey && { encryption_key: makeKey() }),
  }
}

function readStored(path: string): Stored | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigError([
      `${path} cannot be read: ${reasonOf(error)}. Let this user read it, or choose another DATA_DIR.`,
    ])
  }
  try {
    // A copy from a backup often comes back readable for everybody.
    chmodSync(path, 0o600)
  } catch {
    // Some file systems know no modes, and a file mounted read-only keeps its own.
  }
  return checked(path, text)
}

function checked(path: string, text: string): Stored {
  const broken = (what: string) =>
    new ConfigError([`${path} ${what}. Put it back from a backup; without its key no message can be read.`])
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw broken('is not JSON')
  }
  const { secret_key, encryption_key } = (parsed ?? {}) as Record<string, unknown>
  if (secret_key !== undefined && (typeof secret_key !== 'string' || checkSecret(secret_key))) {
    throw broken('holds a secret_key that is not a good secret')
  }
  if (encryption_key !== undefined) {
    if (typeof encryption_key !== 'string') throw broken('holds an encryption_key that is not a text')
    try {
      parseKeyring(encryption_key)
    } catch (error) {
      throw broken(`holds an encryption_key that ${(error as Error).message}`)
    }
  }
  return {
    ...(secret_key !== undefined && { secret_key }),
    ...(encryption_key !== undefined && { encryption_key }),
  }
}

const draftBytes = 6
const draftEnding = /^\.\d+-[\w-]{8}$/

/** A process that was killed while it wrote has left its draft, with a key that nobody would think of removing. */
function removeDrafts(path: string): void {
  const [directory, name] = [dirname(path), basename(path)]
  for (const file of readdirSync(directory)) {
    if (file.startsWith(name) && draftEnding.test(file.slice(name.length))) rmSync(join(directory, file))
  }
}

/** Whole or not at all, and on the disk before anything is encrypted with it. */
function store(path: string, secrets: Stored, replace: boolean): void {
  const directory = dirname(path)
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}-${randomToken(draftBytes)}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify(secrets, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    if (replace) renameSync(draft, path)
    else putUnlessThere(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  syncDirectory(directory)
  if (made !== undefined) syncDirectory(dirname(made))
}

/** A link never replaces, so of two processes on their first run both end up with the secrets of one. */
function putUnlessThere(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    renameSync(draft, path)
  }
}

function syncDirectory(path: string): void {
  // Windows cannot open a directory, and its file systems keep names in a journal of their own.
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
