import { afterAll, expect, test } from 'bun:test'
import { openStorage } from '../../src/storage/open.ts'
import { waitFor } from '../support/client.ts'
import { freshDatabase } from '../support/postgres.ts'

const database = await freshDatabase()
afterAll(() => database?.drop())

const holders = (granted: boolean) =>
  `select pid, classid::bigint::int as classid, objid::bigint::int as objid from pg_locks
   where locktype = 'advisory' and objsubid = 2 and granted = ${granted}
     and database = (select oid from pg_database where datname = current_database())`

// Statements without a time limit had a connection of their own, and went on when the lock was gone.
test.skipIf(!database)('a server that has lost its lock writes nothing more, on no connection', async () => {
  const [watcher, other] = [1, 2].map(() => new Bun.SQL(database!.url, { max: 1 })) as [Bun.SQL, Bun.SQL]
  const storage = await openStorage({ databaseUrl: database!.url, dataDir: 'unused' })
  const { lost } = await storage.claim()
  expect(await storage.withoutTimeLimits(({ query }) => query('select 1 as one'))).toEqual([{ one: 1 }])

  const [{ pid, classid, objid }] = await watcher.unsafe(holders(true))
  const taken = other.unsafe(`select pg_advisory_lock(${classid}, ${objid})`).execute()
  await waitFor('the other', async () => (await watcher.unsafe(holders(false))).length > 0 || undefined)
  await watcher.unsafe(`select pg_terminate_backend(${pid})`)
  await taken
  expect((await lost).message).toStartWith('Another Parley server uses Postgres at')
  const ways = {
    query: () => storage.query('select 1'),
    transaction: () => storage.transaction(({ query }) => query('select 1')),
    withoutTimeLimits: () => storage.withoutTimeLimits(({ query }) => query('select 1')),
    exclusively: () => storage.exclusively(({ query }) => query('select 1')),
  }
  for (const [name, ask] of Object.entries(ways)) {
    const outcome = await ask().then(
      () => 'answered',
      (error: Error) => error.name,
    )
    expect([name, outcome]).toEqual([name, 'DatabaseUnavailable'])
  }
  await storage.close()
  await Promise.all([watcher.end(), other.end()])
})
