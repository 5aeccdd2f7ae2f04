import { parseKeyring } from '../crypto/keyring.ts'
import { checkSecret } from '../crypto/keys.ts'
import { collectorHeaders, collectorUrl, ratio, serviceName } from './collector.ts'
import { shownAddress } from './database-address.ts'
import { mailFrom, mailUrl } from './mail-address.ts'
import {
  busUrl,
  byteCount,
  databaseUrl,
  directory,
  filesUrl,
  host,
  mediaTypes,
  metricsAccess,
  metricsToken,
  oneOf,
  onOff,
  origins,
  outgoingAllow,
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
    'Redis or Valkey that several servers on one Postgres talk over: redis://… or, with TLS, rediss://…. Unset: Postgres itself',
    busUrl,
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
  outgoingAllow: setting(
    'OUTGOING_ALLOW',
    '',
    'Private addresses or ranges that people may have this server send to, as for outgoing webhooks, separated by commas; ' +
      'public addresses need no entry',
    outgoingAllow,
  ),
  pushContent: setting(
    'PUSH_CONTENT',
    'full',
    'What push messages say: full, names (room and author, no text) or none. They are encrypted for the device in any case',
    oneOf('full', 'names', 'none'),
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
  search: setting(
    'SEARCH',
    'on',
    'Search in messages: on, or off, which also removes what was kept for it',
    onOff,
  ),
  previews: setting(
    'PREVIEWS',
    'off',
    'Previews of links: on, so that this server opens the public pages that people link to, or off, which also removes the previews there are',
    onOff,
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
  tracesEndpoint: optional(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'Collector of OpenTelemetry traces that speaks OTLP over HTTP with JSON, such as http://127.0.0.1:4318. Unset: there are no traces',
    collectorUrl,
  ),
  tracesHeaders: optional(
    'OTEL_EXPORTER_OTLP_HEADERS',
    'Headers for the collector, such as a key: name=value,name=value with percent-encoded values',
    collectorHeaders,
    hidden,
  ),
  serviceName: setting('OTEL_SERVICE_NAME', 'parley', 'Name of this service in traces', serviceName),
  tracesRatio: setting(
    'OTEL_TRACES_SAMPLER_ARG',
    '1',
    'Which part of the traces that begin here is recorded, 0 to 1; a request with a traceparent header has decided that',
    ratio,
  ),
  mailUrl: optional(
    'MAIL_URL',
    'Mail server that sends what this server has to say to people: smtp://user:password@host:587 with STARTTLS, or smtps://host:465. ' +
      'Needs MAIL_FROM and PUBLIC_URL. Unset: no mail',
    mailUrl,
    withoutPassword,
  ),
  mailFrom: optional('MAIL_FROM', 'Who the mails are from, such as Parley <parley@example.org>', mailFrom),
  retentionDays: optional(
    'MESSAGE_RETENTION_DAYS',
    'Delete messages that are older than this many days, in every room; a room can have a shorter time. Unset: keep them',
    wholeNumber(1, 36_500),
  ),
  filesUrl: optional(
    'FILES_URL',
    'Where uploaded files are: s3://bucket/prefix?endpoint=…&region=…, or file:///… for a directory that several servers share. ' +
      'Unset: in DATA_DIR/files, which does for one server and its workers',
    filesUrl,
  ),
  filesAccessKey: optional(
    'FILES_ACCESS_KEY',
    'Access key of the S3 server of FILES_URL',
    (text) => text,
    hidden,
  ),
  filesSecretKey: optional(
    'FILES_SECRET_KEY',
    'Secret key of the S3 server of FILES_URL',
    (text) => text,
    hidden,
  ),
  fileBytes: setting(
    'FILE_BYTES',
    '25MB',
    'The largest file that somebody may upload, in bytes, or with KB, MB or GB behind it',
    byteCount(1_000, 100_000_000_000),
  ),
  filesPerUser: setting(
    'FILES_PER_USER',
    '1GB',
    'How much all files of one person may have together, in bytes, or with KB, MB or GB behind it',
    byteCount(0, 1_000_000_000_000_000),
  ),
  fileTypes: setting(
    'FILE_TYPES',
    '',
    'The media types of files that may be uploaded, separated by commas, such as image/*,application/pdf. Empty: all',
    mediaTypes,
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
