import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { operate } from '../../src/operator/operator.ts'
import type { Verified } from '../../src/operator/verify.ts'
import { backupOf, inPieces } from '../archive/support.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'
import { alter, copyDatabase, putBack, removeCopy } from '../support/stopped.ts'

/*
 * The database that a server finds when it starts is not always the one that it left: a copy of the directory was put
 * back, a dump was restored, a standby without the last commits was promoted, or somebody removed the end of a log. The
 * server counted on from there with the same epoch, so clients kept messages that were no more, and missed new ones.
 */

await onBothDatabases((database) => {
  let server: TestServer | undefined
  afterEach(async () => {
    if (!server) return
    await removeCopy(server)
    await server.stop()
    server = undefined
  })

  /** Ben's room with the messages 3 to 6. */
  async function scene() {
    const here = await startServer({ database })
    server = here
    const { ben, cleo } = await cast(here)
    const room = await makeRoom(here, ben, [cleo])
    const say = async (...texts: string[]) => {
      for (const text of texts) await post(here, ben, room, text)
    }
    await say('one', 'two', 'three', 'four')
    const api = rest(here, ben)
    const epoch = async (): Promise<string> => (await api.get(`/rooms/${room}`)).body.epoch
    /** How a client that has everything up to `seq` of that epoch gets on. */
    const resume = async (since: { epoch: string; seq: number }) => {
      const socket = await socketOf(here, cleo)
      const { data } = await socket.ask({ type: 'room.subscribe', room, since })
      await socket.close()
      return data as Frame
    }
    const keyOf = async () =>
      (await here.tools.sql.query<{ key: number }>('select key from rooms where id = $1', [room]))[0]!.key
    return { server: here, ben, cleo, room, api, say, epoch, resume, key: await keyOf() }
  }

  /** How often each break was counted since the start. */
  const breaks = ({ tools }: TestServer): Record<string, number> =>
    Object.fromEntries(
      [...tools.metrics.text().matchAll(/^parley_log_breaks_total\{what="(\w+)",.*\} (\d+)/gm)].map(
        ([, what, count]) => [what!, Number(count)],
      ),
    )

  const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }
  const verify = async ({ tools }: TestServer) =>
    (await operate(tools, 'verify', {}, caller)).data as Verified
  const whats = ({ problems }: Verified) => problems.map(({ what }) => what).sort()

  const anchorOf = ({ directory }: TestServer): string =>
    join(directory!, readdirSync(directory!).find((name) => /^anchor-\w+-\w+$/.test(name))!)

  test('an older copy that is put back has a new epoch: clients fetch again, and hear what comes', async () => {
    const { server, cleo, room, say, epoch, resume } = await scene()
    await server.restart({}, () => copyDatabase(server))
    const before = await epoch()
    const quiet = (await rest(server, cleo).get('/rooms/general')).body.epoch
    await say('LOST0', 'LOST1', 'LOST2')
    expect(await resume({ epoch: before, seq: 9 })).toMatchObject({ mode: 'replay', head: 9 })

    await server.restart({}, () => putBack(server))
    expect(await epoch()).not.toBe(before)
    expect(await resume({ epoch: before, seq: 9 })).toMatchObject({ mode: 'reset', head: 6 })
    await say('NEW0', 'NEW1', 'NEW2', 'NEW3')
    const { mode, messages } = await resume({ epoch: before, seq: 9 })
    expect([mode, messages.map(({ content }: Frame) => content)]).toEqual([
      'reset',
      ['one', 'two', 'three', 'four', 'NEW0', 'NEW1', 'NEW2', 'NEW3'],
    ])
    expect(breaks(server)).toMatchObject({ older: 1, cut: 1 })
    // A room that lacks nothing of what is known may still lack what came after the anchor.
    const general = (await rest(server, cleo).get('/rooms/general')).body.epoch
    expect(general).not.toBe(quiet)

    const found = await verify(server)
    expect(whats(found)).toEqual(['cut', 'older'])
    expect(found.problems).toContainEqual(expect.objectContaining({ what: 'cut', room, seq: 7 }))
    // Known, and once only.
    const renewed = await epoch()
    await server.restart()
    expect([await epoch(), breaks(server)]).toEqual([renewed, {}])
    expect(whats(await verify(server))).toEqual(['cut', 'older'])
    await operate(server.tools, 'verify.accept', {}, caller)
    expect(await verify(server)).toMatchObject({ ok: true, anchored: true })
    await server.restart()
    expect(await verify(server)).toMatchObject({ ok: true, anchored: true })
  })

  test('a copy from before the last start is older, though nothing was said since', async () => {
    const { server, epoch } = await scene()
    await server.restart({}, () => copyDatabase(server))
    const before = await epoch()
    await server.restart({}, () => putBack(server))
    expect(await epoch()).not.toBe(before)
    expect(breaks(server)).toEqual({ older: 1 })
  })

  test('an end that was cut while the server was stopped is found before and after the start', async () => {
    const { server, room, key, say, epoch, resume } = await scene()
    await say('five', 'six')
    const before = await epoch()
    await server.restart({}, () => alter(server, 'delete from log where room_key = $1 and seq > 6', [key]))
    expect(breaks(server)).toEqual({ older: 1, cut: 1 })
    expect(await epoch()).not.toBe(before)
    expect((await resume({ epoch: before, seq: 8 })).mode).toBe('reset')
    expect((await verify(server)).problems).toContainEqual(
      expect.objectContaining({ what: 'cut', room, seq: 7, noticed_at: expect.any(String) }),
    )
  })

  test('parley verify finds a cut end while the server runs', async () => {
    const { server, room, key, say } = await scene()
    await server.restart()
    await server.tools.sql.query('delete from log where room_key = $1 and seq > 4', [key])
    const { problems } = await verify(server)
    expect(problems).toContainEqual(expect.objectContaining({ what: 'cut', room, seq: 5 }))
    await say('onward')
  })

  test('the last entry that was exchanged for another one is noticed', async () => {
    const { server, key, epoch } = await scene()
    const before = await epoch()
    await server.restart({}, () =>
      alter(server, 'update log set link = gen_random_uuid() where room_key = $1 and seq = 6', [key]),
    )
    expect(breaks(server)).toEqual({ older: 1, changed: 1 })
    expect(await epoch()).not.toBe(before)
  })

  test('an anchor that is behind, missing or unreadable changes no epoch', async () => {
    const { server, say, epoch } = await scene()
    await server.restart()
    const before = await epoch()
    const behind = readFileSync(anchorOf(server))
    await say('five', 'six')
    await server.restart({}, async () => writeFileSync(anchorOf(server), behind))
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
    expect(await verify(server)).toMatchObject({ ok: true, anchored: true })

    await server.restart({}, async () => rmSync(anchorOf(server)))
    expect([await epoch(), breaks(server)]).toEqual([before, {}])

    const changed = readFileSync(anchorOf(server), 'utf8')
    await server.restart({}, async () => writeFileSync(anchorOf(server), `${changed.slice(0, -9)}AAAAAAAAA`))
    expect([await epoch(), breaks(server)]).toEqual([before, { anchor: 1 }])
    await server.restart()
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
  })

  test('nobody without the key makes an anchor that suits an older database', async () => {
    const { server, say, epoch } = await scene()
    await server.restart({}, () => copyDatabase(server))
    const before = await epoch()
    await say('LOST')
    const anchor = readFileSync(anchorOf(server), 'utf8')
    // Everything but the text that is sealed is known.
    expect(anchor).toMatch(/^1\.[\w-]+\.[\w-]+$/)
    await server.restart({}, async () => {
      await putBack(server)
      writeFileSync(anchorOf(server), anchor.replace(/\.([\w-]{20})/, '.AAAAAAAAAAAAAAAAAAAA'))
    })
    expect([await epoch(), breaks(server)]).toEqual([before, { anchor: 1 }])
  })

  test('the key of the links cannot be removed unnoticed, even together with every link', async () => {
    const { server, epoch, api, room } = await scene()
    const before = await epoch()
    await server.restart({}, async () => {
      await alter(server, 'update log set link = null, standing = null')
      await alter(server, `delete from settings where name = 'integrity'`)
    })
    expect(breaks(server)).toEqual({ key: 1 })
    expect(await epoch()).toBe(before)
    expect(whats(await verify(server))).toEqual(['key'])
    expect((await api.get(`/rooms/${room}/messages`)).body.items).toHaveLength(4)
  })

  test('a database without its incarnation is an older one', async () => {
    const { server, epoch } = await scene()
    const before = await epoch()
    await server.restart({}, () => alter(server, `delete from settings where name = 'incarnation'`))
    expect(await epoch()).not.toBe(before)
    expect(breaks(server)).toEqual({ older: 1 })
  })

  test('a room may be deleted, and one that is back was not', async () => {
    const { server, ben, api, epoch } = await scene()
    const doomed = await makeRoom(server, ben)
    await server.restart()
    const before = await epoch()
    await api.delete(`/rooms/${doomed}`)
    await server.restart()
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
    expect(await verify(server)).toMatchObject({ ok: true })
    await server.restart({}, () =>
      alter(server, 'update rooms set deleted_at = null where id = $1', [doomed]),
    )
    expect(await epoch()).not.toBe(before)
  })

  test('what was restored by parley restore is not called older, and has its new epochs from there', async () => {
    const { server, say, epoch } = await scene()
    const { openBackup, restore } = await import('../../src/archive/restore.ts')
    const { openStorage } = await import('../../src/storage/open.ts')
    const file = await backupOf(server.tools)
    await say('five', 'six')
    const before = await epoch()
    const { keyring } = server.tools.policy
    await server.restart({}, async () => {
      const storage = await openStorage({
        dataDir: server.directory!,
        poolSize: 1,
        ...(server.databaseUrl && { databaseUrl: server.databaseUrl }),
      })
      const options = { keyring, offered: [], replace: true, loaded: () => {} }
      await restore(storage, await openBackup(inPieces(file)), options)
      await storage.close()
    })
    expect(breaks(server)).toEqual({})
    const [row] = await server.tools.sql.query<{ epoch: string }>(
      `select epoch from rooms where id = 'general'`,
    )
    expect(row!.epoch).not.toBe(before)
    expect(await verify(server)).toMatchObject({ ok: true, anchored: true })
  })

  test('a rotation of the keys takes the anchor along', async () => {
    const { server, epoch, say } = await scene()
    const [fresh, old] = [makeKey(), server.tools.policy.keyring.current]
    await server.restart({ ENCRYPTION_KEY: `${fresh},${old.id}:${old.key.toString('base64')}` })
    const before = await epoch()
    await operate(server.tools, 'keys.rotate', {}, caller)
    await say('five')
    await server.restart({ ENCRYPTION_KEY: fresh })
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
    expect(await verify(server)).toMatchObject({ ok: true, anchored: true })
  })

  if (database === 'embedded') return
  test('servers that follow each other with directories of their own agree, until the database is older', async () => {
    const { server, key, say, epoch } = await scene()
    const elsewhere = mkdtempSync(join(tmpdir(), 'parley-elsewhere-'))
    await server.restart({})
    const before = await epoch()
    await server.restart({ DATA_DIR: elsewhere })
    await say('of the other')
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
    await server.restart()
    await say('of the first')
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
    await server.restart({ DATA_DIR: elsewhere }, () =>
      alter(server, 'delete from log where room_key = $1 and seq > 6', [key]),
    )
    // The other one knows of 7 only.
    expect(breaks(server)).toEqual({ older: 1, cut: 1 })
    const renewed = await epoch()
    expect(renewed).not.toBe(before)
    await say('and on')
    await server.restart()
    expect([await epoch(), breaks(server)]).toEqual([renewed, {}])
    rmSync(elsewhere, { recursive: true })
  })

  test('an older database that another server has written on is noticed by the first', async () => {
    const { server, say, epoch } = await scene()
    await server.restart({}, () => copyDatabase(server))
    const before = await epoch()
    await say('LOST0', 'LOST1')
    const elsewhere = mkdtempSync(join(tmpdir(), 'parley-elsewhere-'))
    await server.restart({ DATA_DIR: elsewhere }, () => putBack(server))
    expect([await epoch(), breaks(server)]).toEqual([before, {}])
    await say('NEW0', 'NEW1', 'NEW2')
    await server.restart()
    expect(breaks(server)).toEqual({ older: 1, changed: 1 })
    expect(await epoch()).not.toBe(before)
    rmSync(elsewhere, { recursive: true })
  })
})
