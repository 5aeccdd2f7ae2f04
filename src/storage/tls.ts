import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Tls } from '../config/database-address.ts'

/** What postgres.js gives to `tls.connect`, or a word of its own. */
export function optionsOf(tls: Tls, hosts: readonly string[]): ConnectionOptions | 'prefer' {
  const { mode, authority, certificate, key } = tls
  if (mode === 'prefer') return 'prefer'
  const only = hosts.length === 1 ? hosts[0]! : ''
  return {
    ...fileOf('ca', 'sslrootcert', authority),
    ...fileOf('cert', 'sslcert', certificate),
    ...fileOf('key', 'sslkey', key),
    // As with libpq, an authority that is named is also asked.
    rejectUnauthorized: mode !== 'require' || authority !== undefined,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    // Without it, a certificate for an IP address would be compared with "localhost".
    ...(isIP(only) === 0 ? {} : { host: only }),
  }
}

function fileOf(
  option: 'ca' | 'cert' | 'key',
  parameter: string,
  path: string | undefined,
): ConnectionOptions {
  if (path === undefined) return {}
  try {
    return { [option]: readFileSync(path, 'utf8') }
  } catch (error) {
    throw new Error(
      `DATABASE_URL names ${path} as ${parameter}, which cannot be read: ${(error as Error).message}.`,
    )
  }
}
