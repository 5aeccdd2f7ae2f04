import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { openStorage } from '../../src/storage/open.ts'
import { waitFor } from '../support/client.ts'
import { type OwnPostgres, startPostgres } from '../support/postgres.ts'

/* Each way in which an address of libpq leads to a server, tried with servers of our own. */
const [server, other] = [await startPostgres(), await startPostgres()]

describe.skipIf(!server || !other || !Bun.which('openssl'))('Postgres is reached', () => {
  const files = mkdtempSync(join(tmpdir(), 'parley-reached-'))
  const authority = join(files, 'server.crt')
  const ask = async (of: OwnPostgres, ...statements: string[]) => {
    const sql = postgres(of.url, { max: 1, onnotice: () => undefined })
    try {
      let rows: readonly Record<string, string>[] = []
      for (const each of statements) rows = await sql.unsafe(each)
      return Object.values(rows[0] ?? {})[0] ?? ''
    } finally {
      await sql.end()
    }
  }
  /** What a session of Parley says of itself. */
  async function seen(url: string, what: string): Promise<unknown> {
    const storage = await openStorage({ databaseUrl: url, dataDir: 'unused' })
    try {
      return (await storage.query<{ seen: unknown }>(`select ${what} as seen`))[0]!.seen
    } finally {
      await storage.close()
    }
  }
  const encrypted = '(select ssl from pg_stat_ssl where pid = pg_backend_pid())'
  const at = (query: string, host = '127.0.0.1') =>
    `postgres://postgres@${host}:${server!.port}/postgres?${query}`

  beforeAll(async () => {
    const made = Bun.spawnSync([
      ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=elsewhere'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', join(files, 'server.key'), '-out', authority],
    ])
    expect(made.exitCode).toBe(0)
    const directory = await ask(server!, 'show data_directory')
    for (const name of ['server.crt', 'server.key']) {
      const text = await Bun.file(join(files, name)).text()
      const owned =
        process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
      Bun.spawnSync([...owned, 'sh', '-c', `umask 077; cat > '${join(directory, name)}'`], {
        stdin: Buffer.from(text),
      })
    }
    await ask(server!, `alter system set ssl = 'on'`, 'select pg_reload_conf()')
    await waitFor('TLS', async () => (await ask(server!, 'show ssl')) === 'on' || undefined)
  })
  afterAll(async () => {
    await server?.stop()
    await other?.stop()
    rmSync(files, { recursive: true, force: true })
  })

  test('by its socket, without a password', async () => {
    const directory = await ask(server!, 'show unix_socket_directories')
    chmodSync(directory, 0o755)
    const socket = `postgresql:///postgres?host=${directory}&port=${server!.port}&user=postgres`
    expect(await seen(socket, 'inet_client_addr() is null')).toBe(true)
    expect(
      await seen(`postgres://postgres@${encodeURIComponent(directory)}:${server!.port}/postgres`, 'true'),
    ).toBe(true)
  })

  // The error came before the driver listened for it, and nothing in the process caught it.
  test('a socket that is not there is refused like any other server', async () => {
    await expect(seen('postgres://ada@/postgres?host=/nowhere', '1')).rejects.toThrow(
      'Postgres at /nowhere/.s.PGSQL.5432, database "postgres", user "ada" cannot be used',
    )
  })

  test('with TLS, when and as sslmode says', async () => {
    expect(await seen(at('sslmode=disable'), encrypted)).toBe(false)
    expect(await seen(at(''), encrypted)).toBe(false)
    for (const mode of [
      'prefer',
      'require',
      `verify-ca&sslrootcert=${authority}`,
      `verify-full&sslrootcert=${authority}`,
    ])
      expect([mode, await seen(at(`sslmode=${mode}`), encrypted)]).toEqual([mode, true])
    // Its authority is not one of this system, and its name is not localhost.
    for (const mode of ['verify-ca', 'verify-full', 'verify-full&sslrootcert=system'])
      await expect(seen(at(`sslmode=${mode}`), encrypted)).rejects.toThrow('cannot be used: self')
    await expect(
      seen(at(`sslmode=verify-full&sslrootcert=${authority}`, 'localhost'), encrypted),
    ).rejects.toThrow('cannot be used')
    expect(await seen(at(`sslmode=verify-ca&sslrootcert=${authority}`, 'localhost'), encrypted)).toBe(true)
    await expect(seen(at('sslmode=verify-full&sslrootcert=/nowhere.pem'), encrypted)).rejects.toThrow(
      'DATABASE_URL names /nowhere.pem as sslrootcert, which cannot be read',
    )
    expect(await seen(`${other!.url}?sslmode=prefer`, encrypted)).toBe(false)
    await expect(seen(`${other!.url}?sslmode=require`, encrypted)).rejects.toThrow('cannot be used')
  })

  test('with settings in options, where Parley has none of its own', async () => {
    const options = encodeURIComponent('-c geqo=off -c datestyle=German -c search_path=nowhere')
    expect(await seen(at(`options=${options}&application_name=chat`), `current_setting('geqo')`)).toBe('off')
    expect(await seen(at(`options=${options}`), `current_setting('datestyle')`)).toBe('ISO, MDY')
    expect(await seen(at('application_name=chat'), `current_setting('application_name')`)).toBe('chat')
  })

  test('of several hosts the one that takes writes; a standby alone is refused', async () => {
    const two = `postgres://postgres@127.0.0.1:${other!.port},127.0.0.1:${server!.port}/postgres`
    const ports = async () => Number(await seen(two, 'inet_server_port()'))
    const directory = await ask(other!, 'show data_directory')
    writeFileSync(join(directory, 'standby.signal'), '')
    await ask(other!, 'checkpoint')
    other!.signal('SIGQUIT')
    await other!.restart()
    expect(await ports()).toBe(server!.port)
    await expect(seen(other!.url, '1')).rejects.toThrow('is a standby, which takes no writes')
  })
})
