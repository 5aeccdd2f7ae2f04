import { beginningOf } from '../text/cut.ts'

// Turns log fields into plain values: replaces private data, copies only known fields of errors (a new property of a
// driver's error must not appear by itself), and limits the size of everything.

const redacted = '[redacted]'
const maxDepth = 8
const maxEntries = 100
const maxText = 4_000

/** As a mail server repeats it in its refusals. The user of a URL is none, and neither is the version of a package in a path. */
const emailAddress =
  /(?<![\p{L}\p{N}._%+~/@:-])[\p{L}\p{N}._%+~-]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}[\p{L}\p{N}-]+/gu

const privateNames = new Set(
  `content text body message draft params parameters bindings authorization proxyauthorization cookie cookies
  setcookie secret secrets secretkey encryptionkey privatekey apikey databaseurl password passwords passwordhash
  token tokens tokenhash ticket tickets jwt credentials keyring plaintext sealed url_token email`.split(
    /\s+/,
  ),
)
const privateEnding = /(password|token|secret|ticket|cookie)$/

/** A copy of a log field without secrets, at any depth. */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set())
}

/** Removes the secrets of URLs and headers from a text. */
export function redactText(text: string): string {
  const short = text.length > maxText ? `${beginningOf(text, maxText)}… (${text.length} characters)` : text
  return short
    .replace(
      /([?&;](?:access_|refresh_|id_)?(?:token|ticket|password|secret|code|sig)=)[^&#\s"'<>]*/gi,
      `$1${redacted}`,
    )
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${redacted}`)
    .replace(/parley_[\w-]{43,}/g, redacted)
    .replace(/(\/(?:hooks|invites|mail\/unsubscribe)\/)[^/?#\s"'<>]+/gi, `$1${redacted}`)
    .replace(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, redacted)
    .replace(/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]*):[^\s/]*@/gi, `$1:${redacted}@`)
    .replace(emailAddress, redacted)
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (above.has(value)) return '[circular]'
  if (depth >= maxDepth) return '[deep]'
  above.add(value)
  try {
    return copyObject(value, depth, above)
  } finally {
    above.delete(value)
  }
}

function copyObject(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof Error) return copyError(value, depth, above)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL) return redactText(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) {
    const kept = value.slice(0, maxEntries).map((each) => copy(each, depth + 1, above))
    return value.length > maxEntries ? [...kept, `… (${value.length} entries)`] : kept
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `[${value.constructor?.name ?? 'object'}]`
  const fields: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value).slice(0, maxEntries)) {
    fields[name] = isPrivate(name, inner) ? redacted : copy(inner, depth + 1, above)
  }
  return fields
}

function isPrivate(name: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  // `message: { id, seq }` is one of our objects: only its private fields are redacted.
  if (plain === 'message' && typeof value === 'object') return false
  return privateNames.has(plain) || privateEnding.test(plain)
}

function copyError(error: Error, depth: number, above: Set<object>): unknown {
  const { code, constraint, constraint_name, errors } = error as Error & Record<string, unknown>
  const message = messageOf(error)
  return {
    name: error.name,
    message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof (constraint ?? constraint_name) === 'string'
      ? { constraint: constraint ?? constraint_name }
      : {}),
    stack: framesOf(error),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth + 1, above) }),
    ...(Array.isArray(errors)
      ? { errors: errors.slice(0, 5).map((each) => copy(each, depth + 1, above)) }
      : {}),
  }
}

function messageOf(error: Error): string {
  const { code, query } = error as Error & Record<string, unknown>
  // Drizzle puts every parameter of a failed query into the message: texts, names, password hashes.
  if (typeof query === 'string' || error.message.startsWith('Failed query:')) {
    const at = error.message.indexOf('\nparams:')
    return redactText(at === -1 ? 'Failed query' : error.message.slice(0, at))
  }
  // Postgres quotes the value that it could not read (class 22, data exceptions).
  if (typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code)) {
    return redactText(error.message.replace(/".*"/s, `"${redacted}"`))
  }
  return redactText(error.message)
}

/** Only the frames: the stack repeats the whole message first. */
function framesOf(error: Error): string | undefined {
  const { stack, message } = error
  if (typeof stack !== 'string') return undefined
  const at = stack.indexOf(message)
  const frames = at === -1 || message === '' ? stack : stack.slice(at + message.length)
  return redactText(
    frames
      .split('\n')
      .filter((line) => /^\s+at \S/.test(line))
      .slice(0, 20)
      .map((line) => line.trim())
      .join('\n'),
  )
}
