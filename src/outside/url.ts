import { isIP } from 'node:net'
import { isPublic } from './addresses.ts'

/** What the operator allows beyond public addresses. */
export type Allowance = {
  /** Whether people may lead the server to this address. */
  has(address: string): boolean
  isEmpty: boolean
}

/** Why the program does not open a URL that somebody has given. */
export type WrongUrl = 'url_broken' | 'url_not_https' | 'url_has_password' | 'url_port' | 'url_not_public'

const longestUrl = 2048

/**
 * What can be said of a URL without a network. `http:` is only for addresses that the operator allows, because what is sent could
 * be read on its way. Where the name of a host leads is looked at when it is connected to (`request.ts`).
 */
export function checkUrl(text: string, allowance: Allowance): URL | WrongUrl {
  const url = text.length <= longestUrl ? URL.parse(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'url_broken'
  if (url.username !== '' || url.password !== '') return 'url_has_password'
  url.hash = ''
  const address = addressIn(url)
  const mayBeAllowed = address === undefined ? !allowance.isEmpty : allowance.has(address)
  if (mayBeAllowed) return url
  if (address === undefined ? isLocalName(url.hostname) : !isPublic(address)) return 'url_not_public'
  if (url.protocol === 'http:') return 'url_not_https'
  return mayUsePort(url.port) ? url : 'url_port'
}

/** The address of a URL that has one in the place of a name. The parser has made one form of all: 0x7f.1 is 127.0.0.1. */
export function addressIn({ hostname }: URL): string | undefined {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIP(host) === 0 ? undefined : host
}

/** Those of these addresses at which this URL may be opened. */
export const allowedOf = (url: URL, addresses: string[], allowance: Allowance): string[] =>
  addresses.filter(
    (address) =>
      allowance.has(address) || (url.protocol === 'https:' && isPublic(address) && mayUsePort(url.port)),
  )

/** RFC 6761: these names never leave the machine. */
const isLocalName = (host: string): boolean => /(?:^|\.)localhost\.?$/.test(host)

/** Below 1024 are services that are no web servers, and that take what is sent for commands of theirs. */
const mayUsePort = (port: string): boolean => port === '' || port === '80' || Number(port) >= 1024
