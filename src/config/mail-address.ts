import { isIP } from 'node:net'
import { isEmail, tidyEmail } from '../text/email.ts'
import { shownName } from '../text/names.ts'

/** The server that takes our mail. */
export type MailServer = {
  readonly host: string
  readonly port: number
  /** TLS from the first byte, with STARTTLS or not at all, or with STARTTLS where the server offers it. */
  readonly tls: 'always' | 'starttls' | 'optional'
  readonly user?: string
  readonly password?: string
}

export type Sender = { readonly name: string; readonly address: string }

const form =
  'must be the address of a mail server, such as smtp://user:password@smtp.example.org:587, or smtps://… with TLS from the start, ' +
  'with a percent-encoded password, and nothing behind the port but ?tls=optional.'

/** Mails have links that open accounts, so they leave this machine only over TLS, unless the operator says otherwise. */
export function mailUrl(text: string): MailServer {
  const url = URL.parse(text)
  const isSecure = url?.protocol === 'smtps:'
  if (!url || (!isSecure && url.protocol !== 'smtp:') || url.hostname === '') throw new Error(form)
  if (url.hash !== '' || !['', '/'].includes(url.pathname)) throw new Error(form)
  const tls = url.searchParams.get('tls') ?? undefined
  if ([...url.searchParams.keys()].some((name) => name !== 'tls')) throw new Error(form)
  if (tls !== undefined && (isSecure || !['required', 'optional'].includes(tls))) throw new Error(form)
  if ((url.username === '') !== (url.password === ''))
    throw new Error('needs a user with a password, or neither.')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const optional = tls === undefined ? isLoopback(host) : tls === 'optional'
  return {
    host,
    port: Number(url.port || (isSecure ? 465 : 587)),
    tls: isSecure ? 'always' : optional ? 'optional' : 'starttls',
    ...(url.username !== '' && { user: decoded(url.username), password: decoded(url.password) }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('must have a percent-encoded user and password: % is %25, @ is %40, / is %2F.')
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** `Parley <parley@example.org>`, or the address alone. */
export function mailFrom(text: string): Sender {
  const [, named, bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? []
  const address = (bracketed ?? text).trim()
  const name = (named ?? '').trim().replace(/^"(.*)"$/, '$1')
  if (!/^[!-~]+@[!-~]+$/.test(address) || !isEmail(address) || shownName(name) !== name)
    throw new Error('must be an address, such as parley@example.org or Parley <parley@example.org>.')
  return { name, address: tidyEmail(address) }
}
