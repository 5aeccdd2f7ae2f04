import postgres from 'postgres'
import { readAddress } from '../config/database-address.ts'
import { decoders, encoders } from './codecs.ts'
import { createSockets } from './sockets.ts'
import { optionsOf } from './tls.ts'

type Log = (message: string, fields?: object) => void

/** Milliseconds; 0 means no limit. */
type TimeLimits = {
  statement_timeout: number
  lock_timeout: number
  idle_in_transaction_session_timeout: number
}

type Options = {
  max: number
  max_lifetime?: null
  limits: TimeLimits
  /** In addition to those of every session. */
  settings?: Record<string, string>
  /** When a connection has ended. */
  onclose?: () => void
  /** Of a connection that listens. */
  onnotify?: (channel: string, payload: string) => void
}

export type Pool = {
  sql: postgres.Sql
  /** Ends every connection that received nothing since then. Returns whether another has just received something. */
  dropSilentSince(at: number): boolean
  close(): Promise<void>
}

/**
 * Settings that a session would inherit from its server, database or role, and that our statements depend on: the text form
 * of values, the search path, the isolation of transactions, the way they are run.
 */
const everySession = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  exit_on_error: 'off',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  idle_session_timeout: '0',
  // Postgres would compile each statement of a high estimated cost at each run, which takes longer than to run it as it is.
  jit: 'off',
}

const closeSeconds = 2

/** A pool of connections, opened and reopened as needed. */
export function openPool(url: string, log: Log, { limits, settings = {}, ...options }: Options): Pool {
  const sockets = createSockets()
  let attempts = 0
  const { tls, settings: theirs, connectSeconds, ...address } = readAddress(url)
  const sql = postgres({
    ...options,
    ...address,
    ...(tls ? { ssl: optionsOf(tls, address.host) } : {}),
    ...(connectSeconds === undefined ? {} : { connect_timeout: connectSeconds }),
    ...(address.host.length > 1 ? { target_session_attrs: 'primary' } : {}),
    socket: (target: Parameters<typeof sockets.open>[0]) => sockets.open(target, attempts++),
    // With a longer pause the pool would be slow to notice that the server is back.
    backoff: (tries: number) => Math.min(0.5, 0.05 * 2 ** tries),
    fetch_types: false,
    onnotice: (notice: postgres.Notice) => log('Postgres sent a notice', { notice: notice.message }),
    connection: { application_name: 'parley', ...theirs, ...everySession, ...settings, ...asText(limits) },
  } as unknown as postgres.Options<Record<string, never>>)
  Object.assign(sql.options.parsers, decoders)
  Object.assign(sql.options.serializers, encoders)
  return {
    sql,
    dropSilentSince: sockets.dropSilentSince,
    async close() {
      await sql.end({ timeout: closeSeconds })
      sockets.close()
    },
  }
}

/** postgres.js leaves out a setting that is the number 0, so the server's own limit would apply. */
function asText(limits: TimeLimits): Record<string, string> {
  return Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)]))
}
