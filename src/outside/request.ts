import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Allowance, addressIn, allowedOf } from './url.ts'

/** Why there is no response. They do not say whether a name leads to a private address or nowhere: that would map the network. */
export type NoResponse = 'no_address' | 'not_reached' | 'timeout' | 'tls'

/** No response came. What the other side did say is an `Outcome`, whatever its status is. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  constructor(readonly why: NoResponse) {
    super(`The address could not be reached: ${why}`)
  }
}

export type OutsideRequest = {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  /** For everything: the name, the connection, the headers and the body of the response. */
  timeoutMs: number
  /** The rest of a longer body is not read. Without it, nothing is waited for after the status. */
  mostBytes?: number
  signal?: AbortSignal
}

export type OutsideResponse = {
  status: number
  headers: Headers
  body: Uint8Array
  /** Whether the body ended before `mostBytes`. */
  whole: boolean
}

type Network = {
  allowance: Allowance
  /** The addresses of a name. */
  resolve?: (host: string) => Promise<string[]>
  /** PEM, in addition to those that the system trusts. */
  ca?: string
}

const mostAddresses = 3

/**
 * Opens a URL that somebody else has given. The name is resolved once, each address is checked, and the connection goes to an address
 * that was checked: a name that leads elsewhere a moment later changes nothing. Redirects are not followed but returned; nothing is
 * kept between two requests, no cookie and no connection. For a URL from `checkUrl`.
 */
export async function requestOutside(
  url: URL,
  request: OutsideRequest,
  { allowance, resolve = resolveName, ca }: Network,
): Promise<OutsideResponse> {
  const timeout = AbortSignal.timeout(request.timeoutMs)
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout
  const literal = addressIn(url)
  const found = literal === undefined ? await within(signal, resolve(url.hostname)) : [literal]
  const addresses = allowedOf(url, found, allowance)
  if (addresses.length === 0) throw new Unreachable('no_address')
  for (const address of addresses.slice(0, mostAddresses)) {
    const response = await connect(url, address, request, signal, ca)
    if (response) return response
  }
  throw new Unreachable('not_reached')
}

/** Undefined if there was no connection, so that the next address may be tried without sending anything twice. */
async function connect(
  url: URL,
  address: string,
  { method, headers, body, mostBytes }: OutsideRequest,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<OutsideResponse | undefined> {
  const target = new URL(url)
  target.hostname = isIP(address) === 6 ? `[${address}]` : address
  const isNamed = addressIn(url) === undefined
  try {
    const response = await fetch(target, {
      method,
      // What is compressed could be a thousand times as long.
      headers: { 'accept-encoding': 'identity', ...headers, host: url.host },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      // A kept connection belongs to an address, and another name may lead to the same one.
      keepalive: false,
      decompress: false,
      signal,
      tls: { ...(isNamed && { serverName: url.hostname }), ...(ca !== undefined && { ca }) },
    } as RequestInit)
    return { status: response.status, headers: response.headers, ...(await readAtMost(response, mostBytes)) }
  } catch (error) {
    if (signal.aborted) throw new Unreachable('timeout')
    const code = String((error as { code?: unknown }).code ?? '')
    if (noConnection.has(code)) return undefined
    throw new Unreachable(isOfTls(code) ? 'tls' : 'not_reached')
  }
}

const noConnection = new Set([
  'ConnectionRefused',
  'FailedToOpenSocket',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
])

const isOfTls = (code: string): boolean =>
  /TLS|SSL|CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME/i.test(code)

async function readAtMost({ body }: Response, most?: number): Promise<{ body: Uint8Array; whole: boolean }> {
  if (!body) return { body: new Uint8Array(), whole: true }
  if (most === undefined) {
    void body.cancel().catch(() => undefined)
    return { body: new Uint8Array(), whole: false }
  }
  const pieces: Uint8Array[] = []
  let bytes = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { body: Buffer.concat(pieces), whole: true }
    pieces.push(value.subarray(0, most - bytes))
    bytes += value.length
    if (bytes <= most) continue
    void reader.cancel().catch(() => undefined)
    return { body: Buffer.concat(pieces), whole: false }
  }
}

async function resolveName(host: string): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true })
    return found.map(({ address }) => address)
  } catch {
    return []
  }
}

/** A name server may be slow, and a lookup of the system cannot be stopped. */
function within<Found>(signal: AbortSignal, found: Promise<Found>): Promise<Found> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Unreachable('timeout'))
    if (signal.aborted) return late()
    signal.addEventListener('abort', late, { once: true })
    found.then(resolve, reject).finally(() => signal.removeEventListener('abort', late))
  })
}
