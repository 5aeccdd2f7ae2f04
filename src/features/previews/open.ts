import { type OutsideResponse, requestOutside } from '../../outside/request.ts'
import { checkUrl } from '../../outside/url.ts'
import type { Tools } from '../../scope.ts'

const mostRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])

export type Opened = OutsideResponse & { url: URL; contentType: string }

type Asking = { accept: string; mostBytes: number; signal: AbortSignal }

/**
 * Opens an address that somebody has written, and follows its redirects, each as if somebody had written it. Nothing of a cookie, of who
 * reads the message, or of where it is goes with it. Undefined if there is nothing to read. Throws `Unreachable`.
 */
export async function openOutside(
  tools: Tools,
  text: string,
  { accept, mostBytes, signal }: Asking,
): Promise<Opened | undefined> {
  const { allowance, timeoutMs } = tools.policy.previews!
  const until = performance.now() + timeoutMs
  let next = text
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const url = checkUrl(next, allowance)
    if (typeof url === 'string' || isOwn(tools, url)) return undefined
    const left = until - performance.now()
    if (left <= 0) return undefined
    const response = await requestOutside(
      url,
      {
        method: 'GET',
        headers: { accept, 'user-agent': 'Parley (preview of a link)' },
        timeoutMs: Math.ceil(left),
        mostBytes,
        signal,
      },
      { allowance },
    )
    const { status, headers } = response
    const location = redirects.has(status) ? headers.get('location') : null
    if (location === null) {
      // What is compressed was not asked for, and could be a thousand times as long.
      const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
      if (status < 200 || status > 299 || (encoding !== 'identity' && encoding !== '')) return undefined
      return { ...response, url, contentType: headers.get('content-type')?.toLowerCase() ?? '' }
    }
    next = URL.parse(location, url)?.href ?? ''
  }
  return undefined
}

/** Invites and one-time links of this server are not for itself. */
const isOwn = ({ policy }: Tools, { hostname }: URL): boolean => hostname === policy.site
