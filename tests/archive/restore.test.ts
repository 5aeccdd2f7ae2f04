import { expect, test } from 'bun:test'
import { factLine } from '../../src/archive/format.ts'
import { createPack } from '../../src/archive/pack.ts'
import { openBackup, restore } from '../../src/archive/restore.ts'
import { describeRing } from '../../src/archive/ring.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { migrations } from '../../src/storage/migrations.ts'
import { openStorage } from '../../src/storage/open.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rejected } from '../support/rejected.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { aKeyring, backupOf, contentsOf, emptyTarget, inPieces, restoreInto } from './support.ts'

await onBothDatabases((database) => {
  test('a community is replaced only where that is asked for', async () => {
    const [one, other] = [await startServer({ database }), await startServer()]
    const { ada } = await cast(one)
    await post(one, ada, await makeRoom(one, ada), 'Here first')
    const file = await backupOf(one.tools)
    await one.stop()
    const target = await emptyTarget(database)
    await restoreInto(target, file)
    const before = await contentsOf(target.storage, target.keyring)

    await cast(other)
    const second = await backupOf(other.tools)
    expect(await rejected(restoreInto(target, second))).toMatchObject({ reason: 'community_exists' })
    expect(await contentsOf(target.storage, target.keyring)).toEqual(before)
    await restoreInto(target, second, { replace: true })
    expect(await target.storage.query('select 1 from sessions')).toEqual([])
    expect(await contentsOf(target.storage, target.keyring)).toEqual(
      await contentsOf(other.tools.sql, other.tools.policy.keyring),
    )
    await other.stop()
    await target.close()
  })

  test('a database with only empty default rooms does not count as a community', async () => {
    const server = await startServer()
    const { ada } = await cast(server)
    await post(server, ada, await makeRoom(server, ada), 'Hello')
    const fresh = await startServer({ database: 'embedded' })
    const target = { storage: fresh.tools.sql, keyring: fresh.tools.policy.keyring, close: fresh.stop }
    await restoreInto(target, await backupOf(server.tools))
    expect((await contentsOf(target.storage, target.keyring)).users).toHaveLength(4)
    await target.close()
    await server.stop()
  })

  test('what comes after counts on from where the old database stood', async () => {
    const server = await startServer({ database })
    const { ada } = await cast(server)
    await makeRoom(server, ada)
    // A counter can be ahead of its rows, and a number that was given once is never given again.
    await server.tools.sql.query(`select setval(pg_get_serial_sequence('rooms', 'key'), 500)`)
    const target = await emptyTarget(database)
    await restoreInto(target, await backupOf(server.tools))
    const [row] = await target.storage.query<{ key: number }>(
      `insert into rooms (id, epoch, title, access, created_at) values ('next', 'e', 'Next', 'open', now()) returning key`,
    )
    expect(row!.key).toBe(501)
    await server.stop()
    await target.close()
  })

  test('a backup of an older version is migrated; a backup of a newer version is refused', async () => {
    const old = await openStorage({ dataDir: ':memory:' })
    await migrate(old, migrations.slice(0, 2))
    const keyring = aKeyring()
    await old.query(
      `insert into users (id, username, display_name, created_at) values (gen_random_uuid(), 'ada', 'Ada', now())`,
    )
    const rows = await old.query<{ row: string }>('select row_to_json(users)::text as row from users')
    await old.close()
    const header = (when: number) => ({
      ...{ program: '0.0.9', at: 'then', database: 'embedded' as const },
      schema: { when, tag: 'of then' },
    })
    const target = await emptyTarget(database)
    await restore(
      target.storage,
      {
        header: header(migrations[1]!.when),
        lines: (async function* () {
          yield { ring: describeRing(keyring, true) }
          for (const { row } of rows) yield { table: 'users', row }
          yield { end: { rows: { users: 1 }, counters: {} } }
        })(),
      },
      { keyring: target.keyring, offered: [], replace: false, loaded: () => {} },
    )
    const users = await target.storage.query('select username, bot from users')
    expect(users).toEqual([{ username: 'ada', bot: false }])
    expect(await migrate(target.storage)).toEqual([])
    await target.close()

    const pieces: Uint8Array[] = []
    const pack = createPack(async (piece) => void pieces.push(piece))
    await pack.write(factLine({ header: { ...header(migrations.at(-1)!.when + 1), program: '9.9.9' } }))
    await pack.end()
    await expect(openBackup(inPieces(Buffer.concat(pieces)))).rejects.toMatchObject({
      reason: 'backup_newer',
      params: { program: '9.9.9' },
    })
  })
})
