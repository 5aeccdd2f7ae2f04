/**
 * The client's address. X-Forwarded-For is believed only from a trusted proxy, and read from the right: what stands left
 * of the last untrusted address was written by a stranger.
 */
export function createAddressOf(
  isTrusted: (address: string) => boolean,
  peerOf: (request: Request) => string | undefined,
): (request: Request) => string {
  return (request) => {
    const peer = peerOf(request) ?? 'unknown'
    if (!isTrusted(peer)) return peer
    const hops = (request.headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    for (const hop of hops.reverse()) if (hop && !isTrusted(hop)) return hop
    return peer
  }
}
