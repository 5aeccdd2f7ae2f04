import { parseKeyring } from '../crypto/keyring.ts'
import { checkSecret } from '../crypto/keys.ts'
import { shownAddress } from './database-address.ts'
import {
  databaseUrl,
  directory,
  host,
  metricsAccess,
  metricsToken,
  noBus,
  oneOf,
  onOff,
  origins,
  proxies,
  publicUrl,
  wholeNumber,
  withoutPassword,
} from './values.ts'

/** The name, meaning, default, parser and printed form of one setting. */
type Setting<T> = {
  readonly name: string
  readonly meaning: string
  /** In the form of the environment; `undefined` means unset. */
  readonly default: string | undefined
  readonly parse: (text: string) => T
  /** What `parley config` prints instead of the value. */
  readonly show?: (text: string) => string
}

function setting<T>(
  name: string,
  byDefault: string,
  meaning: string,
  parse: (text: string) => T,
  show?: (text: string) => string,
): Setting<T> {
  return { name, default: byDefault, meaning, parse, ...(show && { show }) }
}

function optional<T>(
  name: string,
  meaning: string,
  parse: (text: string) => T,
  show?: (text: string) => string,
): Setting<T | undefined> {
  return { name, default: undefined, meaning, parse, ...(show && { show }) }
}

const hidden = () => '[hidden]'

const makeOne = 'Make one with: openssl rand -base64 32'

function secretKey(text: string): string {
  const problem = checkSecret(text)
  if (problem) throw new Error(`${problem}. ${makeOne}`)
  return text
}

function encryptionKey(text: string): string {
  try {
    parseKeyring(text)
  } catch (error) {
    throw new Error(`${(error as Error).message}. ${makeOne}`)
  }
  return text
}

/** Every setting there is. The property names are those of `Config`. */
export const settings = {
  host: setting('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface', host),
  port: setting('PORT', '8000', 'Port to listen on; 0 takes a free one', wholeNumber(0, 65_535)),
  databaseUrl: optional(
    'DATABASE_URL',
    'Postgres server; without it the embedded database in DATA_DIR is used',
    databaseUrl,
    shownAddress,
  ),
  dataDir: setting('DATA_DIR', './data', 'Directory of the embedded database and of made secrets', directory),
  busUrl: optional(
    'BUS_URL',
    'Bus between servers; not in this version, where one server uses a database',
    noBus,
    withoutPassword,
  ),
  secretKey: optional(
    'SECRET_KEY',
    'Signs tokens; at least 32 random characters. Made on first run with the embedded database',
    secretKey,
    hidden,
  ),
  encryptionKey: optional(
    'ENCRYPTION_KEY',
    'Encrypts messages at rest; 32 random bytes as base64 or hex, or id:key,id:key… with the current one first. ' +
      'Made on first run with the embedded database. Without it nobody can read the messages any more',
    encryptionKey,
    hidden,
  ),
  accessTokenMinutes: setting(
    'ACCESS_TOKEN_EXPIRE_MINUTES',
    '15',
    'How long an access token is valid, in minutes, 1 to 1440',
    wholeNumber(1, 1_440),
  ),
  publicUrl: optional(
    'PUBLIC_URL',
    'Address at which people open this server, such as https://chat.example.org',
    publicUrl,
  ),
  corsOrigins: setting(
    'CORS_ORIGINS',
    '',
    'Other origins whose pages may call this server, separated by commas',
    origins,
  ),
  trustedProxies: setting(
    'TRUSTED_PROXIES',
    '',
    'Addresses or ranges of reverse proxies whose X-Forwarded-For is trusted, separated by commas',
    proxies,
  ),
  signup: setting(
    'SIGNUP',
    'open',
    'Who may sign up: open, invite or closed',
    oneOf('open', 'invite', 'closed'),
  ),
  signupEmail: setting(
    'SIGNUP_EMAIL',
    'optional',
    'Whether a new account needs an email address: optional or required',
    oneOf('optional', 'required'),
  ),
  roomCreation: setting(
    'ROOM_CREATION',
    'everyone',
    'Who may create rooms: everyone or admins',
    oneOf('everyone', 'admins'),
  ),
  rateLimits: setting('RATE_LIMITS', 'on', 'Rate limits: on, or off for measuring', onOff),
  swagger: setting('SWAGGER', 'on', 'Documentation pages at /swagger: on or off', onOff),
  metrics: setting(
    'METRICS',
    'loopback',
    'Who may read /metrics: loopback (this machine only), on (everyone), off, or token:… for a bearer token',
    metricsAccess,
    (text) => (text.startsWith('token:') ? 'token:[hidden]' : text),
  ),
  metricsToken: optional(
    'METRICS_TOKEN',
    'Bearer token that also opens /metrics, from wherever, unless METRICS=off; at least 16 characters. ' +
      'Make one with: openssl rand -hex 32',
    metricsToken,
    hidden,
  ),
  retentionDays: optional(
    'MESSAGE_RETENTION_DAYS',
    'Delete messages that are older than this many days, in every room; a room can have a shorter time. Unset: keep them',
    wholeNumber(1, 36_500),
  ),
  diskLowMegabytes: setting(
    'DISK_LOW_MB',
    '500',
    'Warn when fewer megabytes than this are free on the disk of DATA_DIR; 0 never warns',
    wholeNumber(0, 1_000_000),
  ),
  logLevel: setting(
    'LOG_LEVEL',
    'info',
    'Lowest level that is logged: debug, info, warn, error or silent',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
  ),
}
