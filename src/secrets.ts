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
import { basename, dirname, join, resolve } from 'node:path'
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

/** `first_start`: they were made for a community whose database is not there yet. */
type Stored = { secret_key?: string; encryption_key?: string; first_start?: true }

/** Nothing of this community is kept, so its secrets are not either. */
const isKept = ({ dataDir }: Config): boolean => dataDir !== ':memory:'

/**
 * Reads the secrets from the environment or, with the embedded database, from `DATA_DIR/secrets.json`. Makes missing ones
 * on the first run. Throws a `ConfigError` when a secret of an existing database is lost.
 */
export function loadSecrets(config: Config): Secrets {
  if (config.secretKey !== undefined && config.encryptionKey !== undefined) return secretsOf(config, {})
  if (config.databaseUrl !== undefined) {
    throw new ConfigError(['SECRET_KEY and ENCRYPTION_KEY are needed with DATABASE_URL.'])
  }
  if (!isKept(config)) return secretsOf(config, withMissingSecrets(config, undefined))
  const path = pathOf(config)
  const stored = readStored(path)
  const complete = withMissingSecrets(config, stored)
  if (complete === stored) return secretsOf(config, stored ?? {})
  try {
    store(path, complete, stored !== undefined)
  } catch (error) {
    throw new ConfigError([
      `${path} cannot be written: ${reasonOf(error)}. Fix that, or choose another DATA_DIR.`,
    ])
  }
  // Another process may have been faster: all of them must use what is on the disk.
  return secretsOf(config, readStored(path) ?? complete)
}

const pathOf = (config: Config): string => join(config.dataDir, 'secrets.json')
const databaseOf = (config: Config): string => join(config.dataDir, 'db')

/**
 * Throws a `ConfigError` when there are secrets of a community without its database: a volume that is not mounted would
 * otherwise become a new, empty community. A first start that was interrupted may go on.
 */
export function requireDatabase(config: Config): void {
  if (config.databaseUrl !== undefined || !isKept(config) || existsSync(databaseOf(config))) return
  const stored = readStored(pathOf(config))
  if (!stored || stored.first_start) return
  throw new ConfigError([
    `${pathOf(config)} is there, but the database ${resolve(databaseOf(config))} is not. If it is on a volume, mount that; if it ` +
      'is lost, restore a backup with parley restore. To start a new, empty community with these keys, start once with ' +
      'parley serve --new.',
  ])
}

/** The database of these secrets is there: from now on it must not be missing. */
export function endFirstStart(config: Config): void {
  if (config.databaseUrl !== undefined || !isKept(config)) return
  const path = pathOf(config)
  const { first_start, ...secrets } = readStored(path) ?? {}
  if (first_start) store(path, secrets, true)
}

/**
 * Replaces the keyring in `DATA_DIR/secrets.json`. Only the process that has locked the database may do so. Throws a
 * `ConfigError` when the file does not hold the keys that were read at the start: somebody has replaced it.
 */
export function storeKeyring(config: Config, current: Keyring, next: Keyring): void {
  if (!isKept(config)) return
  const path = pathOf(config)
  const stored = readStored(path)
  const written = stored?.encryption_key
  if (written === undefined || writeKeyring(parseKeyring(written)) !== writeKeyring(current)) {
    throw new ConfigError([
      `${path} no longer has the keys in use. Put the original file back, or restart the server.`,
    ])
  }
  removeTempFiles(path)
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

/** Makes the secrets that neither the environment nor the file has. Returns the same object if none is missing. */
function withMissingSecrets(config: Config, stored: Stored | undefined): Stored {
  const needsKey = config.encryptionKey === undefined && stored?.encryption_key === undefined
  const needsSecret = config.secretKey === undefined && stored?.secret_key === undefined
  if (stored && !needsKey && !needsSecret) return stored
  const database = databaseOf(config)
  if (needsKey && existsSync(database)) {
    throw new ConfigError([
      `${database} has messages, but their key is not in ${join(config.dataDir, 'secrets.json')}. ` +
        'Restore that file from a backup, or set ENCRYPTION_KEY to the key in use; a new key could not open them. ' +
        `To start without them, move ${database} away.`,
    ])
  }
  return {
    ...stored,
    ...(needsSecret && { secret_key: randomToken(32) }),
    ...(needsKey && { encryption_key: makeKey() }),
    ...(!existsSync(database) && (needsKey || !stored) && { first_start: true as const }),
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
    // A copy restored from a backup is often readable by everyone.
    chmodSync(path, 0o600)
  } catch {
    // Some file systems have no modes, and a read-only mount keeps the mode.
  }
  return checked(path, text)
}

function checked(path: string, text: string): Stored {
  const broken = (what: string) =>
    new ConfigError([
      `${path} ${what}. Restore it from a backup; without its key nobody can read the messages.`,
    ])
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw broken('is not JSON')
  }
  const { secret_key, encryption_key, first_start } = (parsed ?? {}) as Record<string, unknown>
  if (secret_key !== undefined && (typeof secret_key !== 'string' || checkSecret(secret_key))) {
    throw broken('has a secret_key that is not a good secret')
  }
  if (encryption_key !== undefined) {
    if (typeof encryption_key !== 'string') throw broken('has an encryption_key that is not a text')
    try {
      parseKeyring(encryption_key)
    } catch (error) {
      throw broken(`has an encryption_key that ${(error as Error).message}`)
    }
  }
  return {
    ...(secret_key !== undefined && { secret_key }),
    ...(encryption_key !== undefined && { encryption_key }),
    ...(first_start === true && { first_start }),
  }
}

const tempBytes = 6
const tempEnding = /^\.\d+-[\w-]{8}$/

/** A process that was killed while it wrote has left its temporary file, with a key in it. */
function removeTempFiles(path: string): void {
  const [directory, name] = [dirname(path), basename(path)]
  for (const file of readdirSync(directory)) {
    if (file.startsWith(name) && tempEnding.test(file.slice(name.length))) rmSync(join(directory, file))
  }
}

/** Writes the file completely or not at all, and onto the disk before anything is encrypted with its key. */
function store(path: string, secrets: Stored, replace: boolean): void {
  const directory = dirname(path)
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 })
  const temp = `${path}.${process.pid}-${randomToken(tempBytes)}`
  const file = openSync(temp, 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify(secrets, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    if (replace) renameSync(temp, path)
    else linkUnlessExists(temp, path)
  } finally {
    rmSync(temp, { force: true })
  }
  syncDirectory(directory)
  if (made !== undefined) syncDirectory(dirname(made))
}

/** A link never replaces a file, so two processes on their first run end up with the same secrets. */
function linkUnlessExists(temp: string, path: string): void {
  try {
    linkSync(temp, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    renameSync(temp, path)
  }
}

function syncDirectory(path: string): void {
  // Windows cannot open a directory, and its file systems journal the names.
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
