import { isIP } from 'node:net'

/**
 * The client's address. X-Forwarded-For counts only if it comes from a trusted proxy. It is read from the right, up to the
 * first address that is not trusted: a client can write anything to the left of that.
 */
export function createAddressOf(
  isTrusted: (address: string) => boolean,
  peerOf: (request: Request) => string | undefined,
): (request: Request) => string {
  return (request) => {
    const peer = parseAddress(peerOf(request) ?? '')
    if (peer === undefined) return 'unknown'
    return networkOf(isTrusted(peer) ? (forwardedFor(request, isTrusted) ?? peer) : peer)
  }
}

function forwardedFor(request: Request, isTrusted: (address: string) => boolean): string | undefined {
  const hops = request.headers.get('x-forwarded-for')?.split(',') ?? []
  for (const hop of hops.reverse()) {
    if (hop.trim() === '') continue
    const address = parseAddress(hop)
    if (address === undefined || !isTrusted(address)) return address
  }
  return undefined
}

/**
 * The one spelling of an address that proxies write with a port, quoted or in brackets (RFC 7239 section 6), or in another
 * spelling (RFC 5952). `::ffff:203.0.113.8` is 203.0.113.8. Undefined for anything else, such as `unknown`.
 */
function parseAddress(text: string): string | undefined {
  const node = text.trim().replace(/^"(.*)"$/, '$1')
  const host = /^\[([^\]]*)\](:[\w.-]+)?$/.exec(node)?.[1] ?? /^([\d.]+):[\w.-]+$/.exec(node)?.[1] ?? node
  const address = host.replace(/%.*$/, '')
  if (isIP(address) === 4) return address
  if (isIP(address) !== 6) return undefined
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical)
  if (!mapped) return canonical
  const [high, low] = [mapped[1]!, mapped[2]!].map((group) => Number.parseInt(group, 16)) as [number, number]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** One customer has a /64 of IPv6 at least, and with it 2^64 addresses: they count as one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [
    string[],
    string[],
  ]
  const zeros = Array<string>(tail === undefined ? 0 : 8 - first.length - last.length).fill('0')
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`
}
