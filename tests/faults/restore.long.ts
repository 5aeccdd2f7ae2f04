import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { placeOf } from '../../src/features/log/facts.ts'
import { sealText } from '../../src/features/log/seal.ts'
import { loadSecrets } from '../../src/secrets.ts'
import { openStorage } from '../../src/storage/open.ts'
import { backupOf, contentsOf } from '../archive/support.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { fromSource, repository, runChild, startChild } from '../support/child.ts'
import { tokensFor } from '../support/command-line.ts'
import { startServer } from '../support/server.ts'
import { databasesHere, openPlace } from './place.ts'

const messages = 6000

let root = ''
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'parley-restore-'))
  const server = await startServer()
  const { ben } = await cast(server)
  await post(server, ben, await makeRoom(server, ben), 'The first of many')
  const { tools } = server
  const [room] = await tools.sql.query<{ key: number; head: number }>(
    'select room_key as key, max(seq)::int as head from log group by room_key order by room_key desc limit 1',
  )
  const { key, head } = room!
  const at = new Date()
  const nothingElse = { target: null, replyTo: null, clientId: null, detail: null }
  // Random, so that the file is many times what a pipe holds.
  const bodies = Array.from({ length: messages }, (_, index) =>
    sealText(
      tools,
      placeOf({ roomKey: key, seq: head + 1 + index, kind: 1, actorId: ben.id, at, ...nothingElse }),
      crypto.randomUUID().repeat(8),
    ),
  )
  await tools.sql.query(
    `insert into log (room_key, seq, kind, actor_id, at, body)
     select $1, $2 + place, 1, $3, $5, body from unnest($4::text[]) with ordinality as each (body, place)`,
    [key, head, ben.id, bodies, at],
  )
  await Bun.write(join(root, 'many.backup'), await backupOf(tools))
  await server.stop()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A restore that has read so much of the file and waits for the rest. */
async function restoreHalfway(env: Record<string, string>, bytes: number) {
  const pipe = join(root, `pipe-${crypto.randomUUID()}`)
  Bun.spawnSync(['mkfifo', pipe])
  const feed = `exec 3>'${pipe}'; head -c ${bytes} '${join(root, 'many.backup')}' >&3; echo fed; sleep 60`
  const feeder = Bun.spawn(['bash', '-c', feed], { stdio: ['ignore', 'pipe', 'ignore'] })
  const restore = Bun.spawn(['bash', '-c', `exec ${fromSource.join(' ')} restore - --replace < '${pipe}'`], {
    cwd: repository,
    env: { PATH: process.env.PATH!, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { value } = await feeder.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('fed\n')
  return { restore, feeder }
}

describe.each(await databasesHere())('a restore into %s that is killed', (database) => {
  test('leaves the community that was there, and can be done again', async () => {
    const place = (await openPlace(database))!
    const { env } = place
    const token = (await tokensFor(['ada'], { env })).get('ada')!
    const server = await startChild({ env })
    const ada = { token } as Parameters<typeof makeRoom>[1]
    await post(server, ada, await makeRoom(server, ada), 'Here first')
    server.signal('SIGTERM')
    await server.exited

    const contents = async () => {
      const config = readConfig(env)
      const { databaseUrl, dataDir } = config
      const storage = await openStorage({ ...(databaseUrl !== undefined && { databaseUrl }), dataDir })
      try {
        return await contentsOf(storage, loadSecrets(config).keyring)
      } finally {
        await storage.close()
      }
    }
    const before = await contents()
    const size = Bun.file(join(root, 'many.backup')).size
    expect(size).toBeGreaterThan(1_000_000)
    for (const part of [0.4, 0.999]) {
      const { restore, feeder } = await restoreHalfway(env, Math.floor(size * part))
      expect(restore.exitCode).toBe(null)
      restore.kill('SIGKILL')
      await restore.exited
      feeder.kill()
      await feeder.exited
      expect(await contents()).toEqual(before)
    }
    const whole = await runChild(['restore', join(root, 'many.backup'), '--replace', '--json'], { env })
    expect([whole.code, whole.stderr]).toEqual([0, ''])
    expect(JSON.parse(whole.stdout)).toMatchObject({ users: 4, messages: messages + 1 })
    await place.close()
  })
})
