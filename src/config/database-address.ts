import { isIP } from 'node:net'

export type Tls = {
  /** `prefer` goes on without TLS where the server has none; the others do not. */
  mode: 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /** Files: of the authority that signed the server's certificate, of our own certificate, and of its key. */
  authority?: string
  certificate?: string
  key?: string
}

type DatabaseAddress = {
  host: string[]
  port: number[]
  /** The path of a Unix socket, which is used instead of a host. */
  path?: string
  user?: string
  password?: string
  database?: string
  tls?: Tls
  /** Settings of each session, where Parley has no value of its own. */
  settings?: Record<string, string>
  connectSeconds?: number
}

const defaultPort = 5432
const shape = /^postgres(?:ql)?:\/\/(?:([^@/?]*)@)?([^@/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s

/**
 * Reads DATABASE_URL as libpq reads a connection URI (PostgreSQL manual, 34.1.1.2): the driver takes less of it, and sends every
 * parameter that it does not know to the server as a setting. Throws a sentence that says what to do.
 */
export function readAddress(text: string): DatabaseAddress {
  const found = shape.exec(text)
  if (!found) {
    if (/^postgres(ql)?:\/\//.test(text)) throw new Error(`has more than one "@" or "/": ${percentEncode}`)
    throw new Error(
      'must look like postgres://user:password@host:5432/database. Leave it out to use the embedded database.',
    )
  }
  const [, who = '', places = '', name = '', query = ''] = found
  const given = parametersIn(query)
  const [user, ...password] = who.split(':')
  const address: DatabaseAddress = placesIn(places, given)
  const put = <Key extends 'user' | 'password' | 'database'>(key: Key, value: string) => {
    if (value !== '') address[key] = value
  }
  put('user', given.get('user') ?? decode(user!))
  put('password', given.get('password') ?? decode(password.join(':')))
  put('database', given.get('dbname') ?? decode(name))
  const tls = tlsIn(given)
  if (tls?.mode === 'verify-full' && address.host.length > 1 && address.host.some((each) => isIP(each) !== 0))
    throw new Error('has several IP addresses with sslmode=verify-full: use host names, or one address.')
  if (tls && !address.path) address.tls = tls
  const application_name = given.get('application_name')
  const settings = {
    ...settingsIn(given.get('options') ?? ''),
    ...(application_name ? { application_name } : {}),
  }
  if (Object.keys(settings).length > 0) address.settings = settings
  const seconds = given.get('connect_timeout')
  if (seconds !== undefined) address.connectSeconds = wholeNumber('connect_timeout', seconds, 3600)
  return address
}

const percentEncode =
  'percent-encode the user name and the password ("%" is %25, "@" is %40, "/" is %2F, ":" is %3A, "?" is %3F).'

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`has a "%" that is not part of an escape: ${percentEncode}`)
  }
}

type Parameter = { is: RegExp; may: string }

const some: Parameter = { is: /./, may: 'it must not be empty' }
const anything: Parameter = { is: /^/, may: '' }
const among = (...values: string[]): Parameter => ({
  is: new RegExp(`^(${values.join('|')})$`, 'i'),
  may: `it must be ${values.join(' or ')}`,
})

/** What we use, and what changes nothing here. */
const parameters: Record<string, Parameter> = {
  host: some,
  port: { is: /^\d+(,\d+)*$/, may: 'it must be a number' },
  dbname: some,
  user: some,
  password: anything,
  sslmode: among('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'),
  sslrootcert: some,
  sslcert: some,
  sslkey: some,
  options: anything,
  connect_timeout: { is: /^\d+$/, may: 'it must be a number of seconds' },
  // With several hosts the one that takes writes is used, whatever this says.
  target_session_attrs: among('any', 'read-write', 'primary'),
  client_encoding: among('UTF8', 'UTF-8', 'auto'),
  application_name: anything,
  fallback_application_name: anything,
  channel_binding: among('disable', 'prefer'),
  gssencmode: among('disable', 'prefer'),
  load_balance_hosts: among('disable'),
  keepalives: anything,
  keepalives_idle: anything,
  keepalives_interval: anything,
  keepalives_count: anything,
}

function parametersIn(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const pair of query.split('&').filter(Boolean)) {
    if (pair.includes('@')) throw new Error(`has a "@" in a parameter: write it as %40, and ${percentEncode}`)
    const [name, ...rest] = pair.split('=').map(decode)
    // Not "+" for a space: libpq does not read it so either.
    const value = rest.join('=')
    if (!Object.hasOwn(parameters, name!)) {
      const shown = /^[a-z_]{1,40}$/i.test(name!)
        ? `the parameter "${name}", which Parley does not know`
        : 'an unknown parameter'
      throw new Error(
        `has ${shown}. Remove it; a setting of the session can be given as options=-c%20name=value.`,
      )
    }
    const { is, may } = parameters[name!]!
    if (!is.test(value)) throw new Error(`has a value of ${name} that Parley does not take: ${may}.`)
    given.set(name!, value)
  }
  return given
}

function placesIn(
  places: string,
  given: ReadonlyMap<string, string>,
): Pick<DatabaseAddress, 'host' | 'port' | 'path'> {
  const named = given.get('host')?.split(',')
  const read =
    named?.map((each) => ({ host: each || 'localhost', port: undefined })) ?? places.split(',').map(placeIn)
  const ports = given.get('port')?.split(',') ?? []
  if (ports.length > 1 && ports.length !== read.length)
    throw new Error('has another number of ports than of hosts.')
  const host = read.map((each) => each.host)
  const port = read.map((each, index) =>
    wholeNumber('port', each.port ?? ports[index] ?? ports[0] ?? `${defaultPort}`, 65_535),
  )
  const sockets = host.filter((each) => each.startsWith('/'))
  if (sockets.length === 0) return { host, port }
  if (host.length > 1)
    throw new Error('has several hosts, and one is the directory of a Unix socket: name only that one.')
  return { host, port, path: `${host[0]}/.s.PGSQL.${port[0]}` }
}

function placeIn(text: string): { host: string; port: string | undefined } {
  const [shape, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text) ?? []
  if (shape === undefined)
    throw new Error(
      `has a host that cannot be read: write an IPv6 address in brackets, as in [::1]:5432, and ${percentEncode}`,
    )
  return { host: decode(bracketed ?? plain) || 'localhost', port: port || undefined }
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text)
  if (!(number >= 1 && number <= most)) throw new Error(`needs a ${name} from 1 to ${most}.`)
  return number
}

function tlsIn(given: ReadonlyMap<string, string>): Tls | undefined {
  const mode = given.get('sslmode') ?? (given.has('sslrootcert') ? 'verify-full' : undefined)
  const [authority, certificate, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => given.get(name))
  if ((certificate === undefined) !== (key === undefined))
    throw new Error('has only one of sslcert and sslkey: give both.')
  if (mode === undefined || mode === 'disable') return undefined
  return {
    mode: mode === 'allow' ? 'prefer' : (mode as Tls['mode']),
    // `system`: the authorities that this system trusts, as without a file.
    ...(authority === undefined || authority === 'system' ? {} : { authority }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
  }
}

/** `-c name=value`, `-cname=value` and `--name=value`, with "\" before a space inside of a value. */
function settingsIn(options: string): Record<string, string> {
  const words = options.match(/(?:\\.|\S)+/gs)?.map((word) => word.replace(/\\(.)/gs, '$1')) ?? []
  const settings: Record<string, string> = {}
  for (let at = 0; at < words.length; at++) {
    const word = words[at] === '-c' ? `-c${words[++at] ?? ''}` : words[at]!
    const found = /^(?:-c|--)([\w.-]+)=(.*)$/s.exec(word)
    if (!found) throw new Error('has options other than "-c name=value": remove them.')
    settings[found[1]!.replaceAll('-', '_')] = found[2]!
  }
  return settings
}

/** For `parley config` and the like: without what may be secret. */
export function shownAddress(text: string): string {
  const [, who, places, name, query] = shape.exec(text) ?? []
  if (places === undefined) return '[hidden]'
  const user = who === undefined ? '' : `${who.replace(/:.+$/s, ':hidden')}@`
  const masked = query?.replace(/(^|&)([^=&]*(?:password|key)[^=&]*)=[^&]*/gi, '$1$2=hidden')
  return `postgres://${user}${places}${name === undefined ? '' : `/${name}`}${masked === undefined ? '' : `?${masked}`}`
}
