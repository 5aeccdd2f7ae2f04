import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { isUnavailable } from '../../src/storage/errors.ts'
import { openStorage } from '../../src/storage/open.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { waitFor } from '../support/client.ts'
import { type OwnPostgres, startPostgres } from '../support/postgres.ts'

const server: OwnPostgres | undefined = await startPostgres()
if (!server) console.error('\n!!! NO POSTGRES BINARIES HERE: the tests of outages were NOT RUN. !!!\n')

const outcome = async (attempt: Promise<unknown>): Promise<'answered' | 'unavailable' | Error> =>
  attempt.then(
    () => 'answered' as const,
    (error: Error) => (isUnavailable(error) ? 'unavailable' : error),
  )

describe.skipIf(!server)('Postgres', () => {
  const { restart, signal, stop, url } = server!
  let storage: Storage
  const ask = () => outcome(storage.query('select $1::int', [1]))
  const answersAgain = () => waitFor('an answer', async () => (await ask()) === 'answered')

  beforeAll(async () => {
    storage = await openStorage({ databaseUrl: url, dataDir: 'unused', poolSize: 4 })
    await storage.query('create table marks (n int primary key)')
  })
  afterAll(async () => {
    await storage.close()
    await stop()
  })

  test('an unreachable server is named without its password, and no other database is opened instead', async () => {
    const opening = openStorage({
      databaseUrl: 'postgres://ada:s3cret@127.0.0.1:1/chat',
      dataDir: '/nowhere',
    })
    const error = await opening.catch((reason: Error) => reason)
    expect((error as Error).message).toContain('127.0.0.1:1, database "chat", user "ada"')
    expect((error as Error).message).toContain('Check DATABASE_URL')
    expect(Bun.inspect(error)).not.toContain('s3cret')
  })

  test('ended backends are replaced', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and
      application_name = 'parley'`
    for (let round = 0; round < 30; round++) {
      await outcome(storage.query(end))
      await answersAgain()
      // Was: a statement put on a connection in the moment of its end made postgres.js lose it, and in the end all.
      await outcome(storage.transaction((tx) => tx.query(end.replace('<>', '='))))
      await Promise.all(Array.from({ length: 20 }, () => ask()))
      await answersAgain()
    }
  })

  test('a transaction whose connection dies ends: none of its statements reaches another connection', async () => {
    const attempt = outcome(
      storage.transaction(async (tx) => {
        await tx.query('insert into marks values (1)')
        const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
        await storage.query('select pg_terminate_backend($1)', [own!.pid])
        await answersAgain()
        expect(await outcome(tx.query('insert into marks values (2)'))).toBe('unavailable')
      }),
    )
    expect(await attempt).toBe('unavailable')
    expect(await storage.query('select n from marks')).toEqual([])
  })

  test('a statement that takes too long is ended, and its connection lives on', async () => {
    expect(await outcome(storage.query('select pg_sleep(10)'))).toBe('unavailable')
    expect(await ask()).toBe('answered')
  })

  test('a killed server: statements fail at once, and work again as soon as it is back', async () => {
    signal('SIGKILL')
    const outcomes = await Promise.all(Array.from({ length: 200 }, ask))
    expect(new Set(outcomes)).toEqual(new Set(['unavailable']))
    expect(await outcome(storage.transaction((tx) => tx.query('select 1')))).toBe('unavailable')
    expect(await outcome(storage.ping())).toBe('unavailable')
    await restart()
    await answersAgain()
    await Promise.all(Array.from({ length: 50 }, async () => expect(await ask()).toBe('answered')))
  })

  test('a frozen server: all waits end together, the event loop lives, and all works again after it', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 10)

    signal('SIGSTOP')
    const asked = performance.now()
    const attempts = [
      ...Array.from({ length: 2000 }, () => ask()),
      ...Array.from({ length: 10 }, () => outcome(storage.transaction((tx) => tx.query('select 1')))),
    ]
    expect(await outcome(storage.ping())).toBe('unavailable')
    expect(new Set(await Promise.all(attempts))).toEqual(new Set(['unavailable']))
    expect(await ask()).toBe('unavailable')
    // One after the other, 2,011 waits of 5 s would take hours; the limit of the test is two minutes.
    const tookMs = performance.now() - asked
    clearInterval(timer)
    expect(longest).toBeLessThan(tookMs / 4)

    signal('SIGCONT')
    await answersAgain()
    await Promise.all(Array.from({ length: 50 }, async () => expect(await ask()).toBe('answered')))
    expect(await outcome(storage.transaction((tx) => tx.query('insert into marks values (3)')))).toBe(
      'answered',
    )
  })
})
