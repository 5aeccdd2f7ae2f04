const violations = {
  '23505': 'unique',
  '23503': 'foreign_key',
  '23502': 'not_null',
  '23514': 'check',
  '23P01': 'exclusion',
  '40001': 'serialization',
  '40P01': 'deadlock',
} as const

export type Violation = { kind: (typeof violations)[keyof typeof violations]; constraint: string }

/** The database is unavailable. A statement in progress may or may not have taken effect. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
  readonly code = 'DATABASE_UNAVAILABLE'
}

/** The database responds to others, but this statement waited too long for its turn. */
export class DatabaseBusy extends DatabaseUnavailable {
  override name = 'DatabaseBusy'
}

/** The files of the embedded database have been removed while it ran. */
export class DatabaseGone extends DatabaseUnavailable {
  override name = 'DatabaseGone'
}

/** Another process has locked the database, and only one may use it. */
export class DatabaseInUse extends Error {
  override name = 'DatabaseInUse'
}

/** The embedded database refused a statement. `code` is the SQLSTATE. */
export class StatementError extends Error {
  override name = 'StatementError'
  declare readonly code?: string
  declare readonly constraint?: string
  declare readonly detail?: string
  declare readonly hint?: string
  declare readonly position?: string
  declare readonly severity?: string
  declare readonly where?: string
  declare readonly schema?: string
  declare readonly table?: string
  declare readonly column?: string
  declare readonly dataType?: string

  constructor(message: string, parts: Partial<Record<string, string>>) {
    super(message)
    Object.assign(this, parts)
  }
}

/** The rule of the database that a statement broke. `constraint` is empty if there is none, as in a deadlock. */
export function violation(error: unknown): Violation | undefined {
  for (const cause of causes(error)) {
    const kind = violations[cause.code as keyof typeof violations]
    if (kind) return { kind, constraint: String(cause.constraint_name ?? cause.constraint ?? '') }
  }
  return undefined
}

/** True for everything that may resolve itself: no connection, a timeout, a full disk, a server that restarts. */
export function isUnavailable(error: unknown): boolean {
  return causes(error).some(({ code }) => {
    const text = String(code ?? '')
    return (
      unavailable.has(text) ||
      unavailableClasses.some((prefix) => sqlState.test(text) && text.startsWith(prefix))
    )
  })
}

/** Whether there is only too much to do: the same statement will succeed later. */
export const isBusy = (error: unknown): boolean =>
  causes(error).some((cause) => cause instanceof DatabaseBusy)

/** Why nothing can be stored, as the reason of a refusal. */
export type Outage = 'disk_full' | 'database_gone' | 'database_damaged' | 'database_away' | 'server_busy'

export function outageOf(error: unknown): Outage {
  const found = causes(error)
  const has = (codes: ReadonlySet<string>) => found.some(({ code }) => codes.has(String(code ?? '')))
  if (has(full) || found.some(({ message }) => /no space left on device/i.test(String(message ?? ''))))
    return 'disk_full'
  if (found.some((cause) => cause instanceof DatabaseGone)) return 'database_gone'
  if (isBusy(error)) return 'server_busy'
  return has(damage) ? 'database_damaged' : 'database_away'
}

const full = new Set(['53100', 'ENOSPC', 'EDQUOT'])

/** A page or an index that is wrong, a file that is missing, and a table or column that is. */
const damage = new Set(['XX000', 'XX001', 'XX002', '58P01', '42P01', '42703'])

/** True when the database has refused a statement or its values, and would refuse them again. */
export const isRefusedStatement = (error: unknown): boolean =>
  !isUnavailable(error) && causes(error).some(({ code }) => sqlState.test(String(code ?? '')))

const sqlState = /^[0-9A-Z]{5}$/

/** Connection exceptions, insufficient resources (a full disk, too many clients), operator intervention, system errors. */
const unavailableClasses = ['08', '53', '57', '58']

const unavailable = new Set([
  'DATABASE_UNAVAILABLE',
  // a serialization failure or a deadlock, after several attempts
  '40001',
  '40P01',
  // a server that became a standby, a lock or a transaction that waited too long
  '25006',
  '25P03',
  '55P03',
  // postgres.js
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  // sockets
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOENT',
  'ERR_SOCKET_CLOSED',
])

type Cause = {
  code?: unknown
  message?: unknown
  constraint_name?: unknown
  constraint?: unknown
  cause?: unknown
}

/** The error and its causes: Drizzle puts the driver's error into `cause`. */
function causes(error: unknown): Cause[] {
  const found: Cause[] = []
  let current = error
  while (typeof current === 'object' && current !== null && found.length < 8) {
    found.push(current)
    current = (current as Cause).cause
  }
  return found
}
