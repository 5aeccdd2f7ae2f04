import { describe, expect, test } from 'bun:test'
import { backUp } from '../../src/archive/backup.ts'
import { type Keyring, makeKey, parseKeyring } from '../../src/crypto/keyring.ts'
import { createMessageCipher } from '../../src/crypto/messages.ts'
import { placeOf } from '../../src/features/log/facts.ts'
import { sealText } from '../../src/features/log/seal.ts'
import { rotateKeys } from '../../src/operator/rotate.ts'
import type { Tools } from '../../src/scope.ts'
import { type Cast, cast, makeRoom, post, postMany } from '../support/cast.ts'
import { rejected } from '../support/rejected.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'
import { aKeyring, backupOf, contentsOf, emptyTarget, restoreInto } from './support.ts'

const keysOf = ({ current, older }: Keyring) => [current, ...older]
const withRing = (tools: Tools, keyring: Keyring): Tools => ({
  ...tools,
  policy: { ...tools.policy, keyring },
})

async function prepare(server: TestServer): Promise<Cast> {
  const people = await cast(server)
  const room = await makeRoom(server, people.ben, [people.cleo])
  await post(server, people.ben, room, 'Sealed 🔒')
  return people
}

const nothingElse = { target: null, replyTo: null, clientId: null, detail: null }

await onBothDatabases((database) => {
  const at = serverFor({ database }, prepare)

  test('a backup with its keys can be restored anywhere, and is sealed again with the key of that server', async () => {
    const { tools } = at().server
    const target = await emptyTarget(database)
    await restoreInto(target, await backupOf(tools))
    expect(await contentsOf(target.storage, target.keyring)).toEqual(
      await contentsOf(tools.sql, tools.policy.keyring),
    )
    const bodies = (
      await target.storage.query<{ body: string }>('select body from log where body is not null')
    ).map(({ body }) => body)
    expect(bodies.every((body) => body.startsWith(`2.${target.keyring.current.id}.`))).toBe(true)
    await target.close()
  })

  test('a backup without keys is refused before anything is restored if the key is missing, and restored if it is there', async () => {
    const { tools } = at().server
    const { id, key } = tools.policy.keyring.current
    const file = await backupOf(tools, { withKeys: false })
    expect(file.includes(key)).toBe(false)
    const target = await emptyTarget(database)
    const refusal = { reason: 'backup_key_missing', params: { key: id } }
    const loaded = () => {
      throw new Error('Rows were read before the key was looked for')
    }
    expect(await rejected(restoreInto(target, file, { loaded }))).toMatchObject(refusal)
    // Another key that happens to have the same name.
    const namesake = { id, key: aKeyring().current.key }
    expect(await rejected(restoreInto(target, file, { offered: [namesake] }))).toMatchObject(refusal)
    expect(await target.storage.query(`select to_regclass('public.users') as users`)).toEqual([
      { users: null },
    ])
    await restoreInto(target, file, { offered: keysOf(tools.policy.keyring) })
    await restoreInto(target, file, {
      keyring: { current: target.keyring.current, older: [tools.policy.keyring.current] },
      replace: true,
    })
    expect((await contentsOf(target.storage, target.keyring)).log).toEqual(
      (await contentsOf(tools.sql, tools.policy.keyring)).log,
    )
    await target.close()
  })

  test('texts are sealed again even when another key has the same name', async () => {
    const { tools } = at().server
    const ring = parseKeyring(`${tools.policy.keyring.current.id}:${makeKey().split(':')[1]}`)
    const target = { ...(await emptyTarget(database)), keyring: ring }
    await restoreInto(target, await backupOf(tools))
    expect((await contentsOf(target.storage, ring)).log).toEqual(
      (await contentsOf(tools.sql, tools.policy.keyring)).log,
    )
    await target.close()
  })

  test('a text under an older key that is not at hand is no reason to lose it: the restore is refused', async () => {
    const { tools } = at().server
    const { current } = tools.policy.keyring
    const ring = { current: aKeyring().current, older: [current] }
    const file = await backupOf(withRing(tools, ring), { withKeys: false })
    const target = await emptyTarget(database)
    expect(await rejected(restoreInto(target, file, { offered: [ring.current] }))).toMatchObject({
      reason: 'backup_key_missing',
      params: { key: current.id },
    })
    await restoreInto(target, file, { offered: keysOf(ring) })
    await target.close()
  })

  test('what could not be read before is counted and stays as it was', async () => {
    const { tools } = at().server
    const ring = aKeyring()
    const lost = createMessageCipher(ring)
    const [row] = await tools.sql.query<{ key: number; head: number; user: string }>(
      `select room_key as key, max(seq)::int as head, (array_agg(actor_id))[1] as user from log
       where room_key = (select max(key) from rooms) group by room_key`,
    )
    const { key, head, user } = row!
    const body = lost.seal('Lost', `message|${key}|${head + 1}|${user}`)
    await tools.sql.query(
      'insert into log (room_key, seq, kind, actor_id, at, body) values ($1, $2, 1, $3, now(), $4)',
      [key, head + 1, user, body],
    )
    const target = await emptyTarget(database)
    const restored = await restoreInto(target, await backupOf(tools))
    expect(restored.unreadable).toBe(1)
    const [kept] = await target.storage.query<{ body: string }>(
      'select body from log where room_key = $1 and seq = $2',
      [key, head + 1],
    )
    expect(kept!.body).toBe(body)
    // The key of another node, of which the one that made the backup did not know.
    const offered = [ring.current]
    expect((await restoreInto(target, await backupOf(tools), { offered, replace: true })).unreadable).toBe(0)
    expect((await contentsOf(target.storage, target.keyring)).log!.at(-1)).toMatchObject({ body: 'Lost' })
    await target.close()
  })
})

describe('backups that are made while the keys are rotated', () => {
  test.each(['embedded', 'postgres'] as const)('lose nothing: %s', async (database) => {
    const embedded = database === 'embedded'
    const old = makeKey()
    const settings = { ENCRYPTION_KEY: embedded ? '' : old }
    const server = await startServer({ database, settings })
    const { ben } = await prepare(server)
    const room = await makeRoom(server, ben)
    await postMany(
      server,
      [ben],
      room,
      Array.from({ length: 1500 }, (_, n) => `No ${n}`),
    )
    if (!embedded) await server.restart({ ENCRYPTION_KEY: `${makeKey()},${old}` })
    const { tools } = server
    const expected = (await contentsOf(tools.sql, tools.policy.keyring)).log

    let over = false
    const files: Buffer[] = []
    const backing = async () => {
      while (!over) files.push(await backupOf(tools))
    }
    const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }
    const rotating = rotateKeys(tools, {}, caller).finally(() => {
      over = true
    })
    await Promise.all([rotating, backing()])
    expect((await rotating).data).toMatchObject({ resealed: 1501, damaged: [], came: 0 })

    const target = await emptyTarget(database)
    expect(files.length).toBeGreaterThan(0)
    for (const file of [...files.slice(0, 3), ...files.slice(-3)]) {
      expect((await restoreInto(target, file, { replace: true })).unreadable).toBe(0)
      expect((await contentsOf(target.storage, target.keyring)).log).toEqual(expected)
    }
    await target.close()
    await server.stop()
  })
})

test('a key that is added while the embedded database is read is written before the first text sealed with it', async () => {
  const server = await startServer()
  const { ben } = await prepare(server)
  const { tools } = server
  const older = tools.policy.keyring.current
  const rotated = { current: aKeyring().current, older: [older] }
  const [room] = await tools.sql.query<{ key: number; head: number }>(
    'select room_key as key, max(seq)::int as head from log group by room_key order by room_key desc limit 1',
  )
  const { key, head } = room!
  let said: Promise<unknown> | undefined
  const pieces: Uint8Array[] = []
  await backUp(tools, {
    withKeys: true,
    write: async (piece) => void pieces.push(piece),
    written() {
      if (said) return
      tools.policy.keyring = rotated
      const at = new Date()
      const facts = { roomKey: key, seq: head + 1, kind: 1, actorId: ben.id, at, ...nothingElse }
      said = tools.sql.query(
        'insert into log (room_key, seq, kind, actor_id, at, body) values ($1, $2, 1, $3, $5, $4)',
        [key, head + 1, ben.id, sealText(tools, placeOf(facts), 'Under the new key'), at],
      )
    },
    signal: new AbortController().signal,
  })
  await said
  const target = await emptyTarget('embedded')
  expect((await restoreInto(target, Buffer.concat(pieces))).unreadable).toBe(0)
  const { log } = await contentsOf(target.storage, target.keyring)
  expect(log!.at(-1)).toMatchObject({ seq: head + 1, body: 'Under the new key' })
  await target.close()
  await server.stop()
})
