/**
 * RFC 9110 section 7.2. Bun joins the values of repeated header lines with a comma, so two Host lines are no host either.
 * HTTP/1.0 has no Host; Bun refuses HTTP/1.1 without it.
 */
export function hasGoodHost(request: Request): boolean {
  const host = request.headers.get('host')
  return host === null || /^([\w.~-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host)
}

/** Another name in Host means that a page reached us through a name of its own (DNS rebinding), or a proxy did. */
export const isLoopbackHost = (host: string | null): boolean =>
  host !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host)

/** Whether a proxy says that it forwarded this request. */
export function isForwarded({ headers }: Request): boolean {
  return (
    [...headers.keys()].some((name) => name.startsWith('x-forwarded-')) ||
    forwarders.some((name) => headers.has(name))
  )
}

const forwarders = ['forwarded', 'via', 'x-real-ip']

/** `new URL` throws for a wrong host, and without a host `request.url` is only a path. */
export const pathOf = ({ url }: Request): string => url.replace(/^\w+:\/\/[^/?#]*/, '').replace(/[?#].*/s, '')
