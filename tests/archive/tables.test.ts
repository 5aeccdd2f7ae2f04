import { expect, test } from 'bun:test'
import { tables } from '../../src/archive/tables.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openStorage } from '../../src/storage/open.ts'

test('a backup has every table of the migrations, each after the tables it refers to', async () => {
  const storage = await openStorage({ dataDir: ':memory:' })
  await migrate(storage)
  const there = await storage.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  )
  const names = tables.map(({ name }) => name)
  expect([...names].sort()).toEqual(there.map(({ name }) => name).sort())
  const references = await storage.query<{ from: string; to: string }>(
    `select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint where contype = 'f'`,
  )
  expect(references.length).toBeGreaterThan(5)
  expect(references.filter(({ from, to }) => names.indexOf(from) <= names.indexOf(to))).toEqual([])
  const counted = await storage.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns where is_identity = 'YES'`,
  )
  const counters = tables.flatMap(({ name, counter }) => (counter ? [`${name}.${counter}`] : []))
  expect(counters.sort()).toEqual(counted.map(({ name }) => name).sort())
  await storage.close()
})
