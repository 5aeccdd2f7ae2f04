import { expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { makeKey, parseKeyring } from '../../src/crypto/keyring.ts'
import { introduceKey } from '../../src/features/log/key-check.ts'
import { openText } from '../../src/features/log/seal.ts'
import { countSealed } from '../../src/features/log/sealed.ts'
import { askControl } from '../../src/operator/control.ts'
import type { Caller } from '../../src/operator/operation.ts'
import { rotateKeys } from '../../src/operator/rotate.ts'
import type { Tools } from '../../src/scope.ts'
import { factsOf } from '../archive/support.ts'
import { repository, runChild, startChild } from '../support/child.ts'
import { rest } from '../support/client.ts'
import { benOf, type Env, fill, freshPlace, keysIn, readTalk, type Talk, withTools } from './community.ts'

const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }

/** How many texts the new key has sealed; the old one must have sealed all others. No server may run. */
async function sealedIn(env: Env, ids: string[]): Promise<number> {
  expect(ids).toHaveLength(2)
  const counts = await withTools(env, ({ sql }) => countSealed(sql))
  expect([...counts.keys()].toSorted()).toEqual(ids.toSorted())
  return counts.get(ids[0]!)!
}

/** Everything that was acknowledged; what was stored and died before its response may be there too, whole. */
function expectTalk(shown: Map<number, string | undefined>, talk: Talk): void {
  for (const [seq, text] of shown)
    expect([seq, text]).toEqual([seq, talk.get(seq) ?? expect.stringContaining('said in')])
  expect(shown.size).toBeGreaterThanOrEqual(talk.size)
}

async function expectAll(env: Env, ben: { token: string }, talk: Talk): Promise<void> {
  const server = await startChild({ env })
  expect(await readTalk(server, ben)).toEqual(talk)
  server.signal('SIGTERM')
  await server.exited
}

test('a server that is killed with -9 while it rotates loses nothing, and goes on with the same key', async () => {
  const { env, directory, remove } = await freshPlace('embedded')
  const talk = await withTools(env, (tools) => fill(tools, 4_000))
  const ben = await benOf(env)
  const [old] = keysIn(directory)
  const made = new Set<string>()
  let server = await startChild({ env })
  let sealed = 0

  for (let kill = 0; kill < 3; kill++) {
    let over = false
    const enough = 100 + Math.floor(Math.random() * 600)
    const report: Caller['report'] = ({ done }) => {
      if (done >= enough) server.signal('SIGKILL')
    }
    const rotation = askControl(readConfig(env), 'keys.rotate', {}, { ...caller, report })
    const talking = (async () => {
      for (let n = 0; !over; n++) {
        const content = `said in round ${kill}: ${n}`
        const response = await rest(server, ben)
          .post('/rooms/harbour/messages', { content })
          .catch(() => undefined)
        if (response?.status === 201) talk.set(response.body.seq, content)
      }
    })()
    await expect(rotation).rejects.toThrow()
    over = true
    await talking
    await server.exited
    const ids = keysIn(directory).map(({ id }) => id)
    made.add(ids[0]!)
    const before = sealed
    sealed = await sealedIn(env, ids)
    expect(sealed).toBeGreaterThan(before)
    server = await startChild({ env })
    expectTalk(await readTalk(server, ben), talk)
  }

  const child = await runChild(['keys', 'rotate', '--json'], { env })
  const [current, ...others] = keysIn(directory)
  expect(JSON.parse(child.stdout)).toMatchObject({ key: current!.id, dropped: [old!.id], damaged: [] })
  expect([...made]).toEqual([current!.id])
  expect(others).toEqual([])
  expectTalk(await readTalk(server, ben), talk)
  server.signal('SIGKILL')
  await server.exited
  const counts = await withTools(env, ({ sql }) => countSealed(sql))
  expect([...counts.keys()]).toEqual([current!.id])
  await remove()
})

test.each(['embedded', 'postgres'] as const)(
  'a rotation of the command line itself on %s that is killed with -9 goes on when run again',
  async (database) => {
    const { env: place, directory, remove } = await freshPlace(database)
    const [old, fresh] = [makeKey(), makeKey()]
    const own = database === 'embedded'
    const talk = await withTools(own ? place : { ...place, ENCRYPTION_KEY: old }, (tools) =>
      fill(tools, 2_000),
    )
    const env = own ? place : { ...place, ENCRYPTION_KEY: `${fresh},${old}` }
    const ben = await benOf(env)
    if (!own) await withTools(env, ({ sql, policy }) => introduceKey(sql, policy.keyring))
    const ids = () =>
      own ? keysIn(directory).map(({ id }) => id) : [fresh, old].map((key) => key.split(':')[0]!)

    let sealed = 0
    for (let kill = 0; kill < 3; kill++) {
      expect(await rotateAndDie(env, 100 + Math.floor(Math.random() * 400))).toBe('SIGKILL')
      const before = sealed
      sealed = await sealedIn(env, ids())
      expect(sealed).toBeGreaterThan(before)
    }
    const { code, stdout } = await runChild(['keys', 'rotate', '--json'], { env })
    expect([code, JSON.parse(stdout).resealed]).toEqual([0, talk.size - sealed])
    await expectAll(own ? env : { ...place, ENCRYPTION_KEY: fresh }, ben, talk)
    await remove()
  },
)

/** A process that rotates and kills itself when so many texts are sealed again: nobody else can look into its database. */
async function rotateAndDie(env: Env, enough: number): Promise<unknown> {
  const from = (path: string) => JSON.stringify(join(repository, 'src', path))
  const script = `
    const { readConfig } = await import(${from('config.ts')})
    const { openTools } = await import(${from('tools.ts')})
    const { rotateKeys } = await import(${from('operator/rotate.ts')})
    const report = ({ done }) => done >= ${enough} && process.kill(process.pid, 'SIGKILL')
    await rotateKeys(await openTools(readConfig(process.env)), {}, { report, signal: new AbortController().signal })`
  const child = Bun.spawn([process.execPath, '-e', script], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await child.exited
  return child.signalCode
}

/** What a kill between two steps leaves, as the next start finds it. */
const leftovers: Record<string, (env: Env, directory: string) => Promise<void>> = {
  'the new key is known to the database and not on the disk': (env) =>
    withTools(env, ({ sql }) => introduceKey(sql, parseKeyring(makeKey()))),
  'the new key is on the disk, and nothing is sealed with it': async (_, directory) => {
    const path = join(directory, 'secrets.json')
    const stored = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(
      path,
      JSON.stringify({ ...stored, encryption_key: `${makeKey()},${stored.encryption_key}` }),
    )
  },
  'everything is sealed again, and the old key is still on the disk': async (env, directory) => {
    const path = join(directory, 'secrets.json')
    await leftovers['the new key is on the disk, and nothing is sealed with it']!(env, directory)
    const both = readFileSync(path, 'utf8')
    await withTools(env, (tools) => rotateKeys(tools, {}, caller))
    writeFileSync(path, both)
  },
  'the old key is gone from the disk, and the database still expects it': async (env) =>
    withTools(env, async (tools) => {
      const { keyring } = tools.policy
      await rotateKeys(tools, {}, caller)
      await introduceKey(tools.sql, keyring)
    }),
  'the file with the keys was being written': async (_, directory) =>
    writeFileSync(join(directory, 'secrets.json.4711-aB3_x-9z'), '{"encryption_key":"half'),
}

test.each(Object.keys(leftovers))('after a kill when %s, a rotation ends well', async (what) => {
  const { env, directory, remove } = await freshPlace('embedded')
  const talk = await withTools(env, (tools) => fill(tools, 30))
  writeFileSync(join(directory, 'secrets.json.mine'), 'a copy that the operator made')
  await leftovers[what]!(env, directory)

  const { data } = await withTools(env, (tools) => rotateKeys(tools, {}, caller))
  const keys = keysIn(directory)
  expect(keys).toHaveLength(1)
  expect(data).toMatchObject({ key: keys[0]!.id, damaged: [], came: 0 })
  const files = readdirSync(directory).filter((name) => name.startsWith('secrets'))
  expect(files).toEqual(['secrets.json', 'secrets.json.mine'])
  await withTools(env, async (tools) => {
    expect(await countSealed(tools.sql)).toEqual(new Map([[keys[0]!.id, 30]]))
    const checks = await tools.sql.query(`select 1 from settings where starts_with(name, 'key_check')`)
    expect(checks).toHaveLength(1)
    expect(await openAll(tools)).toEqual(talk)
  })
  await remove()
})

async function openAll(tools: Tools): Promise<Talk> {
  const rows = await tools.sql.query<{ row: Record<string, unknown> }>(
    'select row_to_json(log) as row from log where body is not null order by seq',
  )
  return new Map(
    rows.map(({ row }) => [row.seq as number, openText(tools, factsOf(row), row.body as string).text]),
  )
}
