import { expect, test } from 'bun:test'
import { cast, makeRoom, signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { backupOf, emptyTarget, restoreInto } from './support.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database: 'embedded' }, cast)

  /** Restores what the rows have become after `change`. */
  async function restored(change: string, values: string[] = []) {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    await rest(server, ben).post('/tokens', { name: 'ci', scopes: ['read'] })
    await server.tools.sql.query(change.replaceAll('$room', `'${room}'`), values)
    const target = await emptyTarget(database)
    try {
      const outcome = await restoreInto(target, await backupOf(server.tools)).then(
        () => 'restored',
        (error) => error.reason,
      )
      const [exists] = await target.storage.query<{ users: string | null }>(
        `select to_regclass('public.users')::text as users`,
      )
      const names = exists?.users
        ? await target.storage.query(
            `select (select display_name from users where username = 'ben') as "displayName",
                    (select concat_ws('|', title, pronouns, time_zone) from users where username = 'ben') as profile, title, description,
                    (select ban_reason from users where username = 'ben') as "banReason",
                    (select name from tokens limit 1) as name from rooms where id = $1`,
            [room],
          )
        : []
      return { outcome, names }
    } finally {
      await target.close()
      await server.tools.sql.query(
        `update users set username = 'ben', display_name = 'ben', ban_reason = null where display_name like 'ben%'`,
      )
      await server.tools.sql.query(`update rooms set id = $1 where id like $2`, [room, `${room}%`])
      await server.tools.sql.query(`update rooms set title = 'T', description = ''`)
      await server.tools.sql.query(`update tokens set name = 'ci'`)
    }
  }

  // The person who makes the file makes the names: an escape sequence in a title went into every terminal.
  test('names in a backup lose what a terminal would obey', async () => {
    const evil = 'ben\x1b[2J\u202e\nroot\u200b'
    const { outcome, names } = await restored(
      `with a as (update users set display_name = $1, title = $1, pronouns = $1, time_zone = $1, ban_reason = $1 where username = 'ben'), b as (update tokens set name = $1)
       update rooms set title = $1, description = $1 where id = $room`,
      [evil],
    )
    expect(outcome).toBe('restored')
    const shown = 'ben [2J root'
    expect(names).toEqual([
      {
        displayName: shown,
        profile: `${shown}|${shown}|${shown}`,
        title: shown,
        description: 'ben[2J\nroot\u200b',
        banReason: 'ben[2J\nroot\u200b',
        name: shown,
      },
    ])
  })

  // The name of an erased person is a hash, which once was no username for a restore.
  test('a backup of a community that somebody was erased from is restored', async () => {
    const { server } = at()
    const gone = await signUp(server, `gone-${database}`)
    await rest(server, gone).call('DELETE', '/users/me', { current_password: gone.password })
    const [erased] = await server.tools.sql.query<{ username: string }>(
      `select username from users where username like 'erased:%' limit 1`,
    )
    expect(erased?.username).toMatch(/^erased:[0-9a-f]{64}$/)
    expect((await restored('select 1')).outcome).toBe('restored')
  })

  test.each([
    ['a username', `update users set username = 'ben\x1b[2J' where username = 'ben'`],
    ['the id of a room', `update rooms set id = id || '"; ' where id = $room`],
  ])('%s that Parley cannot have written is refused, and nothing is restored', async (_, change) => {
    const { outcome, names } = await restored(change)
    expect(outcome).toBe('backup_line_wrong')
    expect(names).toEqual([])
  })
})
