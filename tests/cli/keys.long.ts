import { afterAll, describe, expect, test } from 'bun:test'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { countSealed } from '../../src/features/log/sealed.ts'
import type { Tools } from '../../src/scope.ts'
import { type Child, runChild, startChild } from '../support/child.ts'
import { type Database, onBothDatabases } from '../support/server.ts'
import { benOf, type Env, fill, freshPlace, keysIn, readTalk, withTools } from './community.ts'

const messages = 450
const cleanUp: (() => unknown)[] = []
afterAll(async () => {
  for (const each of cleanUp.reverse()) await each()
})

async function place(database: Database) {
  const made = await freshPlace(database)
  cleanUp.push(made.remove)
  return made
}

async function serve(env: Env): Promise<Child & { stop(): Promise<void> }> {
  const child = await startChild({ env })
  const stop = async () => {
    child.signal('SIGTERM')
    await child.exited
  }
  cleanUp.push(stop)
  return { ...child, stop }
}

/** Runs `parley keys …`, which must do well, and never say a key. */
async function keys(action: string, env: Env) {
  const { code, stdout, stderr } = await runChild(['keys', action, '--json'], { env })
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).not.toMatch(/[A-Za-z0-9+/]{43}/)
  return JSON.parse(stdout)
}

const idOf = (key: string): string => key.split(':')[0]!

const checksIn = async ({ sql }: Tools): Promise<number> =>
  (await sql.query(`select 1 from settings where starts_with(name, 'key_check')`)).length

describe('keys that Parley made itself', () => {
  test.each(['running', 'at rest'])(
    'are changed on a server that is %s, and the old one is gone for good',
    async (how) => {
      const { env, directory } = await place('embedded')
      const talk = await withTools(env, (tools) => fill(tools, messages))
      const ben = await benOf(env)
      const [before] = keysIn(directory)
      const server = how === 'running' ? await serve(env) : undefined

      expect(await keys('list', env)).toEqual([{ id: before!.id, state: 'current', texts: messages }])
      const answer = await keys('rotate', env)
      const [after, ...rest] = keysIn(directory)
      expect(answer).toMatchObject({ key: after!.id, resealed: messages, dropped: [before!.id], kept: [] })
      expect(after!.id).not.toBe(before!.id)
      expect(rest).toEqual([])
      expect(await keys('list', env)).toEqual([{ id: after!.id, state: 'current', texts: messages }])

      const running = server ?? (await serve(env))
      expect(await readTalk(running, ben)).toEqual(talk)
      await running.stop()

      // A thief of the old key and of the database gets nothing; who has the new one, everything.
      const copy = join(directory, 'copy')
      cpSync(join(directory, 'db'), join(copy, 'db'), { recursive: true })
      const secret = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')).secret_key
      const settings = (key: string) => ({ ...env, DATA_DIR: copy, SECRET_KEY: secret, ENCRYPTION_KEY: key })
      const refused = await runChild(['keys', 'list'], { env: settings(before!.written) })
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining('is not the key of this database'),
      ])
      await withTools(settings(after!.written), async (tools) => {
        expect(await countSealed(tools.sql)).toEqual(new Map([[after!.id, messages]]))
        expect(await checksIn(tools)).toBe(1)
      })
      const copied = await serve(settings(after!.written))
      expect(await readTalk(copied, ben)).toEqual(talk)
      await copied.stop()
    },
  )

  test('are not overwritten when secrets.json was replaced meanwhile', async () => {
    const { env, directory } = await place('embedded')
    await withTools(env, (tools) => fill(tools, 5))
    const server = await serve(env)
    const path = join(directory, 'secrets.json')
    const kept = readFileSync(path, 'utf8')
    for (const foreign of [{ ...JSON.parse(kept), encryption_key: makeKey() }, undefined]) {
      if (foreign) writeFileSync(path, JSON.stringify(foreign))
      else rmSync(path)
      const { code, stderr } = await runChild(['keys', 'rotate'], { env })
      expect([code, stderr]).toEqual([1, expect.stringContaining('no longer has the keys in use')])
      if (foreign) expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(foreign)
    }
    writeFileSync(path, kept)
    expect(await keys('rotate', env)).toMatchObject({ resealed: 5, damaged: [] })
    await server.stop()
  })
})

await onBothDatabases((database) => {
  test('keys of the environment: nodes get the new key first, then everything is sealed again, then the old key is removed', async () => {
    const { env } = await place(database)
    const [old, fresh] = [makeKey(), makeKey()]
    const withKeys = (...ring: string[]): Env => ({
      ...env,
      SECRET_KEY: 'x'.repeat(5) + old,
      ENCRYPTION_KEY: ring.join(','),
    })
    const talk = await withTools(withKeys(old), (tools) => fill(tools, messages))
    const ben = await benOf(withKeys(old))
    let server = await serve(withKeys(old))

    const alone = await keys('rotate', withKeys(old))
    expect(alone).toMatchObject({ key: idOf(old), resealed: 0, kept: [] })
    const words = await runChild(['keys', 'rotate'], { env: withKeys(old) })
    expect(words.stdout).toMatch(/parley keys new[\s\S]*restart every node/)

    if (database === 'postgres') {
      // The nodes would show everything as damaged that a key had sealed which they do not have.
      const early = await runChild(['keys', 'rotate'], { env: withKeys(fresh, old) })
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('Not every node has the key')])
      expect(await readTalk(server, ben)).toEqual(talk)
    }

    await server.stop()
    server = await serve(withKeys(fresh, old))
    expect(await keys('rotate', withKeys(fresh, old))).toMatchObject({
      key: idOf(fresh),
      resealed: messages,
      dropped: [],
      kept: [idOf(old)],
    })
    expect(await keys('list', withKeys(fresh, old))).toEqual([
      { id: idOf(fresh), state: 'current', texts: messages },
      { id: idOf(old), state: 'older', texts: 0 },
    ])
    expect(await readTalk(server, ben)).toEqual(talk)
    await server.stop()

    server = await serve(withKeys(fresh))
    expect(await readTalk(server, ben)).toEqual(talk)
    await server.stop()
    await withTools(withKeys(fresh), async (tools) => expect(await checksIn(tools)).toBe(1))
    const back = await runChild(['keys', 'list'], { env: withKeys(old) })
    expect([back.code, back.stderr]).toEqual([1, expect.stringContaining('is not the key of this database')])
  })

  test('a key that is still needed cannot be dropped: the start is refused and says which, and for how many texts', async () => {
    const { env } = await place(database)
    const [old, fresh] = [makeKey(), makeKey()]
    const withKeys = (...ring: string[]): Env => ({
      ...env,
      SECRET_KEY: 'x'.repeat(5) + old,
      ENCRYPTION_KEY: ring.join(','),
    })
    await withTools(withKeys(old), (tools) => fill(tools, 7))
    await (await serve(withKeys(fresh, old))).stop()
    await expect(startChild({ env: withKeys(fresh) })).rejects.toThrow(
      `lacks the key ${idOf(old)}, and 7 texts are sealed with it`,
    )
    await (await serve(withKeys(fresh, old))).stop()
  })

  test('a text that was tampered with is named and left, and the old key stays until it is gone', async () => {
    const { env, directory } = await place(database)
    const [old, fresh] = [makeKey(), makeKey()]
    const ring = database === 'postgres' ? { ENCRYPTION_KEY: old } : undefined
    const talk = await withTools({ ...env, ...ring }, async (tools) => {
      const talk = await fill(tools, messages)
      const where = 'where room_key = (select key from rooms where id = $1) and seq = $2'
      const [moved] = await tools.sql.query<{ body: string }>(`select body from log ${where}`, ['harbour', 5])
      await tools.sql.query(`update log set body = $3 ${where}`, ['harbour', 9, moved!.body])
      await tools.sql.query(`update log set body = 'no form of ours' ${where}`, ['harbour', 11])
      return talk
    })
    const running = ring ? { ...env, ENCRYPTION_KEY: `${fresh},${old}` } : env
    const ben = await benOf(running)
    const server = await serve(running)
    const shown = new Map<number, string | undefined>([...talk, [9, undefined], [11, undefined]])

    const first = await keys('rotate', running)
    expect(first).toMatchObject({
      resealed: messages - 2,
      dropped: [],
      damaged: [
        { room: 'harbour', seq: 9 },
        { room: 'harbour', seq: 11 },
      ],
      came: 0,
    })
    expect(first.kept).toHaveLength(1)
    expect(await readTalk(server, ben)).toEqual(shown)
    const again = await runChild(['keys', 'rotate'], { env: running })
    expect(again.stdout).toContain('  harbour 9\n  harbour 11\n')
    if (!ring) expect(keysIn(directory).map(({ id }) => id)).toEqual([first.key, first.kept[0]])
    expect(
      (await keys('list', running)).map(({ state, texts }: { state: string; texts: number }) => [
        state,
        texts,
      ]),
    ).toEqual([
      ['current', messages - 2],
      ['older', 1],
      ['missing', 1],
    ])

    for (const seq of [9, 11]) {
      const response = await fetch(`${server.url}/rooms/harbour/messages/${seq}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${ben.token}` },
      })
      expect(response.status).toBeLessThan(300)
    }
    expect(await keys('rotate', running)).toMatchObject({
      key: first.key,
      resealed: 0,
      damaged: [],
      came: 0,
    })
    if (!ring) expect(keysIn(directory).map(({ id }) => id)).toEqual([first.key])
    await server.stop()
  })
})

test('`parley keys new` prints what ENCRYPTION_KEY takes, and each time another', async () => {
  const made = await Promise.all([1, 2].map(() => runChild(['keys', 'new'], {})))
  const [one, other] = made.map(({ stdout }) => stdout.trim())
  expect(one).toMatch(/^[0-9a-f]{8}:[A-Za-z0-9+/]{43}=$/)
  expect(other).not.toBe(one)
})
