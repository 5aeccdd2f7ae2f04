import { linksIn } from '../../text/markdown/links.ts'

/** Names of parameters whose values open something for everybody who has the address. Such a page is not for the server, or works only once. */
const secrets =
  /^(?:.*[._-])?(?:token|sig|signature|secret|password|passwd|pwd|auth|otp|ticket|session|sid|jwt|key|apikey|code|credential|hash)$/i

const longest = 2048

/**
 * The address under which the page of a link is fetched and kept: without the part after `#`, which no server gets. Undefined for one that
 * has a secret in it.
 */
export function addressOf(href: string): string | undefined {
  const url = URL.parse(href)
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
  for (const [name] of url.searchParams) if (secrets.test(name)) return undefined
  url.hash = ''
  // Nearly every site has both, and the client opens only what is encrypted.
  if (url.protocol === 'http:' && url.port === '') url.protocol = 'https:'
  return url.href.length > longest ? undefined : url.href
}

/** The addresses of a text, in their order and each once. */
export const addressesIn = (text: string): string[] => [
  ...new Set(linksIn(text).flatMap((href) => addressOf(href) ?? [])),
]
