export type Address = { host: string[]; port: number[]; path?: string; database?: string }

const defaultPort = 5432

/**
 * Reads the parts of DATABASE_URL that postgres.js 3.4.9 gets wrong: it cuts `[::1]` at the first colon, does not accept the
 * directory of a Unix socket, and does not decode the name of the database.
 */
export function readAddress(text: string): Address {
  const url = new URL(text)
  const places = decode(url.hostname)
  const database = decode(url.pathname.slice(1))
  const named = database === '' ? {} : { database }
  const port = url.port === '' ? defaultPort : Number(url.port)
  if (places.startsWith('/'))
    return { ...named, host: [places], port: [port], path: `${places}/.s.PGSQL.${port}` }
  const host =
    places === '' ? ['localhost'] : places.split(',').map((each) => each.replace(/^\[(.*)\]$/, '$1'))
  return { ...named, host, port: host.map(() => port) }
}

const decode = decodeURIComponent
