import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { openStorage } from '../../src/storage/open.ts'
import { waitFor } from '../support/client.ts'
import { freshDatabase } from '../support/postgres.ts'

/*
 * PgBouncer in transaction mode gives a session of Postgres to the client that asks next: the lock that keeps a second server
 * away belonged to nobody, and two servers could start.
 */
const pgbouncer = Bun.which('pgbouncer', { PATH: `${process.env.PATH}:/usr/sbin` })
const database = await freshDatabase()
if (!pgbouncer)
  console.error(
    '\n!!! NO PGBOUNCER HERE: what Parley does behind one was NOT TRIED. Install pgbouncer. !!!\n',
  )

/** A PgBouncer in front of the database, with these lines in its configuration. */
async function startPooler(...lines: string[]) {
  const target = new URL(database!.url)
  const directory = mkdtempSync(join(tmpdir(), 'parley-pooler-'))
  const port = await freePort()
  const user = decodeURIComponent(target.username)
  const users = join(directory, 'users')
  const file = join(directory, 'pgbouncer.ini')
  writeFileSync(users, `"${user}" "${decodeURIComponent(target.password)}"\n`)
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=${target.hostname} port=${target.port || 5432}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
      `auth_type = trust\nauth_file = ${users}`,
      ...lines,
    ].join('\n'),
  )
  for (const [path, mode] of [
    [directory, 0o755],
    [users, 0o644],
    [file, 0o644],
  ] as const)
    chmodSync(path, mode)
  const asUser =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  const child = Bun.spawn([...asUser, pgbouncer!, '-q', file], { stdio: ['ignore', 'ignore', 'ignore'] })
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  await waitFor('PgBouncer', () =>
    Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).then(
      (socket) => socket.end() ?? true,
      () => undefined,
    ),
  )
  return {
    url: url.href,
    async stop() {
      child.kill('SIGINT')
      await child.exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const parameters = [
  ...['DateStyle', 'IntervalStyle', 'TimeZone', 'bytea_output', 'extra_float_digits', 'array_nulls'],
  ...['exit_on_error', 'idle_session_timeout', 'jit'],
  ...['standard_conforming_strings', 'transform_null_equals', 'search_path', 'default_transaction_isolation'],
  ...['default_transaction_read_only', 'default_transaction_deferrable', 'statement_timeout', 'lock_timeout'],
  ...['idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_interval'],
  'tcp_keepalives_count',
]
const ignoring = `ignore_startup_parameters = ${parameters.join(', ').toLowerCase()}`

describe.skipIf(!pgbouncer || !database)('behind a pooler', () => {
  const claimed = async (url: string) => {
    const storage = await openStorage({ databaseUrl: url, dataDir: 'unused' })
    try {
      await storage.claim()
    } finally {
      await storage.close()
    }
  }
  const sentence =
    /^Something between this server and Postgres at 127\.0\.0\.1:\d+, .+ Let DATABASE_URL lead to Postgres itself\.$/

  afterAll(() => database?.drop())

  test('that refuses or ignores the settings of a session, Parley does not start', async () => {
    for (const lines of [[], ['pool_mode = transaction', ignoring], ['pool_mode = session', ignoring]]) {
      const pooler = await startPooler(...lines)
      await expect(claimed(pooler.url)).rejects.toThrow(sentence)
      await pooler.stop()
    }
    await claimed(database!.url)
  })

  describe('whose database has the settings itself', () => {
    beforeAll(async () => {
      const sql = new Bun.SQL(database!.url, { max: 1 })
      const name = new URL(database!.url).pathname.slice(1)
      await sql.unsafe(
        `alter database ${name} set statement_timeout = '4s'; alter database ${name} set search_path = 'public'`,
      )
      await sql.end()
    })

    test('a lock that others share is refused', async () => {
      const pooler = await startPooler('pool_mode = transaction', ignoring)
      await expect(claimed(pooler.url)).rejects.toThrow(sentence)
      await pooler.stop()
    })
  })
})
