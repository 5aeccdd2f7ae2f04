import { describe, expect, test } from 'bun:test'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import journal from '../../drizzle/meta/_journal.json'
import { migrate } from '../../src/storage/migrate.ts'
import type { Migration } from '../../src/storage/migrations.ts'
import { migrations } from '../../src/storage/migrations.ts'
import { openStorage } from '../../src/storage/open.ts'
import { freshDatabase } from '../support/postgres.ts'
import { databases } from './databases.ts'

const first: Migration = {
  tag: '0000_first',
  when: 1000,
  sql: "create table pets (name text primary key);\n--> statement-breakpoint\ninsert into pets values ('Rex');\n",
}
const second: Migration = {
  tag: '0001_second',
  when: 2000,
  sql: 'alter table pets add column legs int default 4;',
}
const broken: Migration = {
  tag: '0002_broken',
  when: 3000,
  sql: "insert into pets values ('Half');\n--> statement-breakpoint\nselect nonsense;",
}

for (const storage of await databases()) {
  describe(storage.kind, () => {
    const pets = () => storage.query('select * from pets order by name')

    test('an empty database gets every migration, in order', async () => {
      expect(await migrate(storage, [first, second])).toEqual(['0000_first', '0001_second'])
      expect(await pets()).toEqual([{ name: 'Rex', legs: 4 }])
    })

    test('what ran once does not run again', async () => {
      expect(await migrate(storage, [first, second])).toEqual([])
      expect(await pets()).toHaveLength(1)
    })

    test('a migration that fails leaves nothing of itself behind', async () => {
      await expect(migrate(storage, [first, second, broken])).rejects.toThrow('nonsense')
      expect(await pets()).toHaveLength(1)
      const third = { ...broken, sql: "insert into pets values ('Whole')" }
      expect(await migrate(storage, [first, second, third])).toEqual(['0002_broken'])
      expect(await pets()).toHaveLength(2)
    })

    test('a database that a newer Parley has changed is refused', async () => {
      await expect(migrate(storage, [first, second])).rejects.toThrow('newer Parley')
    })
  })
}

test('the table of migrations is the same as Drizzle’s own', async () => {
  const storage = await openStorage({ dataDir: ':memory:' })
  await migrate(storage)
  const rows = await storage.query(
    'select hash, created_at as when from drizzle.__drizzle_migrations order by id',
  )
  const expected = readMigrationFiles({
    migrationsFolder: new URL('../../drizzle', import.meta.url).pathname,
  })
  expect(rows).toEqual(expected.map(({ hash, folderMillis }) => ({ hash, when: folderMillis })))
  await storage.close()
})

test('the list of migrations is the one in the journal (bun run db:generate)', () => {
  const listed = migrations.map(({ tag, when }) => ({ tag, when }))
  expect(listed).toEqual(journal.entries.map(({ tag, when }) => ({ tag, when })))
})

for (const storage of await databases()) {
  test(`${storage.kind}: a silence from before silences had a table lasts until its time`, async () => {
    await migrate(storage, migrations.slice(0, 4))
    await storage.query(`insert into users (id, username, display_name, created_at)
      select gen_random_uuid(), name, name, now() from unnest(array['ada', 'ben', 'cleo']) as name`)
    await storage.query(`insert into rooms (id, epoch, title, access, created_at)
      values ('boats', 'e', 'Boats', 'open', now())`)
    const until = { ada: null, ben: "now() - interval '1 hour'", cleo: "'2100-01-01T00:00:00Z'" }
    for (const [name, time] of Object.entries(until)) {
      await storage.query(`insert into members (room_key, user_id, role, joined_at, silenced_until)
        select key, users.id, 'member', now(), ${time} from rooms, users where username = '${name}'`)
    }
    expect(await migrate(storage)).toContain('0004_silences')
    const rows = await storage.query(
      'select username, until from silences join users on users.id = user_id join rooms on key = room_key',
    )
    expect(rows).toEqual([{ username: 'cleo', until: new Date('2100-01-01T00:00:00Z') }])
  })
}

test('ten nodes that start at once run each migration once', async () => {
  const fresh = await freshDatabase()
  if (!fresh) return
  const slow = { ...second, sql: `${second.sql}--> statement-breakpoint\nselect pg_sleep(0.5)` }
  const child = new URL('children/migrating.ts', import.meta.url).pathname
  const nodes = Array.from({ length: 10 }, () =>
    Bun.spawn([Bun.argv[0]!, child, fresh.url, JSON.stringify([first, slow])], {
      stdout: 'pipe',
      stderr: 'pipe',
    }),
  )
  const answers = await Promise.all(
    nodes.map(async ({ exited, stdout, stderr }) => {
      const [code, out, err] = await Promise.all([
        exited,
        new Response(stdout).text(),
        new Response(stderr).text(),
      ])
      return code === 0 ? (JSON.parse(out) as string[]) : [err]
    }),
  )
  await fresh.drop()
  expect(answers.flat().sort()).toEqual(['0000_first', '0001_second'])
})
