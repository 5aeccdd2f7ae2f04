import { isIP } from 'node:net'
import { type AddressRange, parseAddressRange } from './addresses.ts'
import { readAddress } from './database-address.ts'

// Each function parses one value. The message of its error is printed after the name of the variable: it says which values
// are valid, and repeats the value only if it cannot be a secret.

type MetricsAccess =
  | { readonly access: 'on' | 'off' | 'loopback' }
  | { readonly access: 'token'; readonly token: string }

export function oneOf<const T extends string>(...allowed: T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((each) => each === text.toLowerCase())
    if (found === undefined) throw new Error(`must be ${listed(allowed)}, not "${text}".`)
    return found
  }
}

export function onOff(text: string): boolean {
  return oneOf('on', 'off')(text) === 'on'
}

export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (!/^\d{1,9}$/.test(text) || number < from || number > to) {
      throw new Error(`must be a whole number from ${from} to ${to}, not "${text}".`)
    }
    return number
  }
}

const units = { '': 1, kb: 1e3, mb: 1e6, gb: 1e9 }

export function byteCount(from: number, to: number): (text: string) => number {
  return (text) => {
    const [, digits, unit = ''] = /^(\d{1,15}) ?([kmg]b)?$/i.exec(text) ?? []
    const bytes = Number(digits) * units[unit.toLowerCase() as keyof typeof units]
    if (digits === undefined || bytes < from || bytes > to)
      throw new Error(
        `must be a number of bytes from ${from} to ${to}, such as 25000000 or 25MB, not "${text}".`,
      )
    return bytes
  }
}

export function mediaTypes(text: string): readonly string[] {
  return entriesOf(text).map((entry) => {
    const type = entry.toLowerCase()
    if (/^[a-z]+\/(\*|[a-z0-9.+-]+)$/.test(type)) return type
    throw new Error(
      `must be media types such as image/* or application/pdf, separated by commas, not "${entry}".`,
    )
  })
}

type FilesPlace =
  | { readonly kind: 'directory'; readonly path: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      readonly prefix: string
      readonly endpoint?: string
      readonly region?: string
    }

export function filesUrl(text: string): FilesPlace {
  const url = urlOf(text)
  const isPlain = url !== undefined && url.username === '' && url.password === '' && url.hash === ''
  if (isPlain && url.protocol === 'file:' && url.search === '' && url.host === '' && url.pathname.length > 1)
    return { kind: 'directory', path: decodeURIComponent(url.pathname) }
  const { endpoint, region, ...others } = Object.fromEntries(url?.searchParams ?? [])
  const isS3 = isPlain && url.protocol === 's3:' && url.hostname !== '' && Object.keys(others).length === 0
  if (!isS3 || (endpoint !== undefined && !/^https?:$/.test(urlOf(endpoint)?.protocol ?? '')))
    throw new Error(
      'must be s3://bucket/prefix?endpoint=https://…&region=…, with the keys in FILES_ACCESS_KEY and ' +
        'FILES_SECRET_KEY, or file:///… with the path of a directory.',
    )
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '')
  return {
    kind: 's3',
    bucket: url.hostname,
    prefix,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
  }
}

export function host(text: string): string {
  const bare = text.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?$/i.test(bare)) {
    throw new Error(
      `must be an address or a host name to listen on, such as 127.0.0.1 or 0.0.0.0, not "${text}".`,
    )
  }
  return bare
}

export function directory(text: string): string {
  if (text.includes('\0')) throw new Error('must be the name of a directory.')
  return text
}

export function databaseUrl(text: string): string {
  readAddress(text)
  return text
}

export function busUrl(text: string): string {
  const url = urlOf(text)
  const isRedis = url !== undefined && /^(redis|valkey)s?:$/.test(url.protocol)
  if (
    !isRedis ||
    url.hostname === '' ||
    url.search !== '' ||
    url.hash !== '' ||
    !/^(\/\d{0,4})?$/.test(url.pathname)
  )
    throw new Error(
      'must be the address of a Redis or Valkey server, such as redis://user:password@host:6379 or rediss://… with TLS, ' +
        'with a percent-encoded password and nothing behind the port.',
    )
  return text
}

export function publicUrl(text: string): string {
  const origin = webOrigin(text.replace(/\/$/, ''))
  if (!origin)
    throw new Error('must be the address people open, such as https://chat.example.org, without a path.')
  return origin
}

export function origins(text: string): readonly string[] {
  return entriesOf(text).map((entry) => {
    if (entry === '*') {
      throw new Error(
        'must name each origin: "*" would let any web page that a user visits act as that user.',
      )
    }
    const origin = webOrigin(entry)
    if (!origin) {
      throw new Error(
        `must list origins such as https://chat.example.org, without a path or a slash at the end, not "${entry}".`,
      )
    }
    return origin
  })
}

export function proxies(text: string): readonly AddressRange[] {
  return entriesOf(text).map((entry) => {
    const range = parseAddressRange(entry)
    if (!range) throw new Error(`must list addresses or ranges such as 10.0.0.0/8, not "${entry}".`)
    if (range.prefix === 0) {
      throw new Error(
        `must not contain ${entry}: it would let every stranger choose the address that we see.`,
      )
    }
    return range
  })
}

/** Networks that are not public, and that people may lead this server to. */
export function outgoingAllow(text: string): readonly AddressRange[] {
  return entriesOf(text).map((entry) => {
    const range = parseAddressRange(entry)
    if (!range) throw new Error(`must list addresses or ranges such as 10.1.2.0/24, not "${entry}".`)
    if (range.prefix === 0)
      throw new Error(
        `must not contain ${entry}: it would let everybody reach this machine. Name the networks.`,
      )
    return range
  })
}

export function metricsAccess(text: string): MetricsAccess {
  const token = /^token:(.*)$/s.exec(text)?.[1]
  if (token !== undefined) {
    if (isBearer(token)) return { access: 'token', token }
    throw new Error('must have at least 16 characters without spaces after "token:".')
  }
  const access = (['on', 'off', 'loopback'] as const).find((each) => each === text.toLowerCase())
  if (access === undefined) throw new Error('must be on, off, loopback or token:… with your own secret.')
  return { access }
}

export function metricsToken(text: string): string {
  if (!isBearer(text)) throw new Error('must have at least 16 characters, without spaces.')
  if (new Set(text).size < 5) throw new Error('is too regular to be random.')
  return text
}

const isBearer = (text: string): boolean => /^[\x21-\x7e]{16,}$/.test(text)

/** The address without the password in it. */
export function withoutPassword(url: string): string {
  const parsed = urlOf(url)
  if (!parsed) return '[hidden]'
  if (parsed.password !== '') parsed.password = 'hidden'
  for (const name of [...parsed.searchParams.keys()]) {
    if (/password|key|secret|token/i.test(name)) parsed.searchParams.set(name, 'hidden')
  }
  return parsed.href
}

function webOrigin(text: string): string | undefined {
  const url = urlOf(text)
  const isWeb = (url?.protocol === 'https:' || url?.protocol === 'http:') && !url.hostname.includes('*')
  // Browsers send an origin in exactly one spelling, so we accept only a difference in case.
  return isWeb && url.origin === text.toLowerCase() ? url.origin : undefined
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function entriesOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
