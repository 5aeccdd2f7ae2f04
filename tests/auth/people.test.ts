import { expect, test } from 'bun:test'
import { authorsOf, people } from '../../src/features/auth/people.ts'
import { announce } from '../../src/scope.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const crowd = 60_000
const atOnce = 1000

await onBothDatabases((database) => {
  const at = serverFor({ database }, async () => ({}))

  const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

  // Everybody who was met since the start stayed in memory.
  test('of a crowd those met last stay in memory, and who is still held is the same object, and hears of changes', async () => {
    const { tools } = at().server
    await tools.sql.query(
      `insert into users (id, username, display_name, created_at)
       select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'p' || n, 'P', now() from generate_series(1, ${crowd}) as n`,
    )
    const first = (await people(tools).find(idOf(1)))!
    for (let from = 1; from <= crowd; from += atOnce) {
      const ids = Array.from({ length: atOnce }, (_, n) => idOf(from + n))
      expect((await authorsOf(tools, ids)).size).toBe(atOnce)
    }
    // Objects are collected some time after the last use.
    for (let tries = 0; tries < 100 && people(tools).inMemory() > 55_000; tries++) {
      await Bun.sleep(10)
      Bun.gc(true)
    }
    expect(people(tools).inMemory()).toBeLessThanOrEqual(55_000)
    expect(await people(tools).find(idOf(1))).toBe(first)
    await tools.sql.query('update users set role = $1 where id = $2', ['admin', idOf(1)])
    announce(tools, { what: 'user', user: idOf(1) })
    while (!first.admin) await Bun.sleep(1)
    expect((await people(tools).find(idOf(2)))!.username).toBe('p2')
  })

  test('a change that could not be read is read before the person is used again, and reaches who holds the object', async () => {
    const { tools } = at().server
    const one = (await people(tools).find(idOf(3)))!
    const { query } = tools.sql
    await query('update users set role = $1 where id = $2', ['admin', idOf(3)])
    await query('alter table users rename to users_away')
    await people(tools).refresh(idOf(3))
    await query('alter table users_away rename to users')
    expect(one.admin).toBe(false)
    expect(await people(tools).find(idOf(3))).toBe(one)
    expect(one.admin).toBe(true)
  })
})
