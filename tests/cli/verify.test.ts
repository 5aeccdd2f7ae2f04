import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMessageCipher } from '../../src/crypto/messages.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { runChild } from '../support/child.ts'
import { type Frame, rest } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'

await onBothDatabases((database) => {
  /** What `parley verify` says of this server's community, through the operation that it runs. */
  async function verify(server: TestServer) {
    const { operate } = await import('../../src/operator/operator.ts')
    const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }
    const { data } = await operate(server.tools, 'verify', {}, caller)
    return data as { ok: boolean; found: number; problems: { seq: number; what: string }[] }
  }

  async function talk(server: TestServer) {
    const { ben, cleo } = await cast(server)
    const room = await makeRoom(server, ben, [cleo])
    for (const text of ['one', 'two', 'three', 'four']) await post(server, ben, room, text)
    const api = rest(server, ben)
    await api.patch(`/rooms/${room}/messages/3`, { content: 'one, edited' })
    await api.delete(`/rooms/${room}/messages/4`)
    await api.put(`/rooms/${room}/pins/5`)
    await api.put(`/rooms/${room}/messages/5/reactions/👍`)
    const [found] = await server.tools.sql.query<{ key: number }>('select key from rooms where id = $1', [
      room,
    ])
    return { ben, cleo, room, api, key: found!.key }
  }

  test('an untouched community verifies; each change is found, every time', async () => {
    const server = await startServer({ database })
    const { ben, room, key } = await talk(server)
    const { sql } = server.tools
    expect(await verify(server)).toMatchObject({ ok: true, found: 0 })
    const changes: [string, string, number, string][] = [
      ['edited_seq = null', 'edited_seq = 7', 3, 'standing'],
      ['reply_to = 3', 'reply_to = null', 6, 'changed'],
      ['thread_seq = 3', 'thread_seq = null', 6, 'changed'],
      [`client_id = 'x'`, 'client_id = null', 6, 'changed'],
      [`body = body || 'A'`, `body = left(body, -1)`, 6, 'unreadable'],
      [
        'pinned_at = null',
        'pinned_at = (select at from log pin where pin.room_key = log.room_key and pin.kind = 6)',
        5,
        'standing',
      ],
      ['kind = 99', 'kind = 6', 9, 'changed'],
      [`detail = '{"user":"x","role":"owner"}'`, '', 2, 'changed'],
    ]
    for (const [change, back, seq, what] of changes) {
      const set = (text: string) =>
        sql.query(`update log set ${text} where room_key = $1 and seq = $2`, [key, seq])
      await set(change)
      const { ok, problems } = await verify(server)
      expect([change, ok, problems.filter((each) => each.seq === seq).map((each) => each.what)]).toEqual([
        change,
        false,
        expect.arrayContaining([what]),
      ])
      if (back !== '') await set(back)
    }
    await sql.query('delete from log where room_key = $1 and seq = 6', [key])
    await post(server, ben, room, 'onward')
    expect((await verify(server)).problems).toContainEqual({ room, seq: 7, what: 'hole' } as never)
    await sql.query('update members set read_seq = 1000 where room_key = $1', [key])
    expect((await verify(server)).problems).toContainEqual({
      room,
      seq: 1000,
      what: 'mark_beyond_end',
    } as never)
    await server.stop()
  })

  test('reactions that the log does not have are found, and so are those that it has', async () => {
    const server = await startServer({ database })
    const { room, api, key } = await talk(server)
    const { sql } = server.tools
    await api.put(`/rooms/${room}/messages/6/reactions/🎉`)
    await api.delete(`/rooms/${room}/messages/6/reactions/🎉`)
    await api.put(`/rooms/${room}/messages/6/reactions/❤️`)
    await api.put(`/rooms/${room}/messages/3/reactions/👀`)
    await api.delete(`/rooms/${room}/messages/3`)
    expect(await verify(server)).toMatchObject({ ok: true, found: 0 })
    const [row] = await sql.query<{ user_id: string; added_seq: number }>(
      'select * from reactions where room_key = $1 and seq = 6',
      [key],
    )
    const add = (seq: number, emoji: string) =>
      sql.query(
        'insert into reactions (room_key, seq, emoji, user_id, added_seq) values ($1, $2, $3, $4, 9)',
        [...[key, seq, emoji, row!.user_id]],
      )
    const changes: [string, () => Promise<unknown>, () => Promise<unknown>, number[]][] = [
      [
        'one is gone',
        () => sql.query('delete from reactions where room_key = $1 and seq = 6', [key]),
        () => add(6, '❤️'),
        [6],
      ],
      [
        'one that was removed is back',
        () => add(6, '🎉'),
        () => sql.query(`delete from reactions where emoji = '🎉'`),
        [6],
      ],
      [
        'one of a deleted message is back',
        () => add(3, '👀'),
        () => sql.query(`delete from reactions where emoji = '👀'`),
        [3],
      ],
      [
        'one is somebody else’s',
        () => sql.query('update reactions set user_id = gen_random_uuid() where seq = 6'),
        () => sql.query('update reactions set user_id = $1 where seq = 6', [row!.user_id]),
        [6],
      ],
      [
        'they are hidden',
        () => sql.query('update log set reacted = false where room_key = $1 and seq = 5', [key]),
        () => sql.query('update log set reacted = true where room_key = $1 and seq = 5', [key]),
        [5],
      ],
    ]
    for (const [what, change, back, seqs] of changes) {
      await change()
      const { problems } = await verify(server)
      expect([what, problems]).toEqual([what, seqs.map((seq) => ({ room, seq, what: 'reactions' }))] as never)
      await back()
      expect([what, (await verify(server)).ok]).toEqual([what, true])
    }
    await server.stop()
  })

  test('rows that a deletion should have removed are found', async () => {
    const server = await startServer({ database })
    const { cleo, room, api, key } = await talk(server)
    const { sql } = server.tools
    await rest(server, cleo).call('DELETE', '/users/me', { current_password: cleo.password })
    await api.delete(`/rooms/${room}`)
    const purged = async () =>
      (await sql.query(`select 1 from rooms where deleted_at is not null and title <> ''`)).length === 0
    while (!(await purged())) await Bun.sleep(5)
    const { id } = cleo
    await sql.query(`update users set deleted_at = deleted_at - interval '1 hour' where id = $1`, [id])
    expect(await verify(server)).toMatchObject({ ok: true, found: 0 })
    await sql.query(
      `insert into log (room_key, seq, kind, actor_id, at) values ($1, 1, 1, $2, now()), ($1, 2, 1, $2, now())`,
      [key, id],
    )
    await sql.query(`update users set email = 'cleo@example.org' where id = $1`, [id])
    await sql.query(`update rooms set description = 'What it was' where key = $1`, [key])
    await sql.query(`update audit set detail = '{"reason": "Rude"}' where subject_id = $1`, [id])
    expect((await verify(server)).problems.map((each) => (each as { leftover?: object }).leftover)).toEqual([
      { of: 'room', table: 'log', rows: 2 },
      { of: 'room', table: 'rooms', rows: 1 },
      { of: 'person', table: 'audit', rows: 1 },
      { of: 'person', table: 'users', rows: 1 },
    ])
    await server.stop()
  })

  test('old logs are linked after the start, while people talk; then what has no link was changed', async () => {
    const server = await startServer({ database })
    const { ben, room, api, key } = await talk(server)
    const { sql, policy } = server.tools
    const old = createMessageCipher(policy.keyring).seal('of before', `message|${key}|6|${ben.id}`)
    await sql.query('update log set body = $2 where room_key = $1 and seq = 6', [key, old])
    await sql.query('update log set link = null, standing = null')
    await sql.query(`delete from settings where name in ('integrity', 'incarnation')`)
    await server.restart({}, async () => {
      for (const name of readdirSync(server.directory!))
        if (name.startsWith('anchor-')) rmSync(join(server.directory!, name))
    })
    await post(server, ben, room, 'meanwhile')
    const unlinked = async () =>
      (await server.tools.sql.query('select 1 from log where link is null or starts_with(body, $1)', ['1.']))
        .length
    while ((await unlinked()) > 0) await Bun.sleep(5)
    await post(server, ben, room, 'afterwards')
    const { body } = await api.get(`/rooms/${room}/messages`)
    expect(body.items.map((message: Frame) => [message.content, message.damaged])).toEqual([
      ['one, edited', undefined],
      ['', undefined],
      ['three', undefined],
      ['of before', undefined],
      ['meanwhile', undefined],
      ['afterwards', undefined],
    ])
    await server.restart()
    expect(await verify(server)).toMatchObject({ ok: true, found: 0 })
    await server.tools.sql.query('update log set link = null where room_key = $1 and seq = 5', [key])
    expect((await verify(server)).problems).toContainEqual({ room, seq: 5, what: 'unlinked' } as never)
    await server.stop()
  })
})

test('the subcommand ends with 1 when something was found, and prints JSON for scripts', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'parley-verify-'))
  const env = { DATA_DIR: directory }
  await runCommand(['seed'], { env })
  await runCommand(['user', 'create', 'ben', '--password', 'the password of ben'], { env })
  await runCommand(['room', 'create', 'yard', '--owner', 'ben'], { env })
  const whole = await runChild(['verify', '--json'], { env })
  expect([whole.code, JSON.parse(whole.stdout)]).toMatchObject([0, { ok: true, found: 0 }])
  rmSync(directory, { recursive: true, force: true })
})
