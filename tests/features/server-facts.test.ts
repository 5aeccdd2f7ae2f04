import { expect, test } from 'bun:test'
import { cacheFigures } from '../../src/features/server/cached-figures.ts'
import type { ServerFacts } from '../../src/protocol/server-facts.ts'
import { version } from '../../src/version.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

// Each look counted all files: about 0.1 s where there are a million, during which the embedded database does nothing else.
test('what is quick to count is counted for everybody who asks, and the rest once in twenty times as long as it takes', async () => {
  let [at, counts, costsMs, broken] = [0, 0, 10, false]
  const ask = cacheFigures(
    async () => {
      const n = ++counts
      at += costsMs
      if (broken) throw new Error('The database is away')
      await Promise.resolve()
      return n
    },
    () => at,
  )
  expect([await ask(), await ask()]).toEqual([1, 2])
  costsMs = 300
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([3, 3, 3])
  at += 5_999
  expect(await ask()).toBe(3)
  at += 1
  expect(await ask()).toBe(4)
  at += 6_000
  broken = true
  await expect(ask()).rejects.toThrow('away')
  broken = false
  expect(await ask()).toBe(6)
})

await onBothDatabases((database) => {
  const settings = {
    ROOM_CREATION: 'admins',
    METRICS_TOKEN: 'canary-of-the-metrics-token',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=canary-of-the-collector',
  }
  const at = serverFor({ database, settings }, cast)
  const facts = async () => {
    const { status, body } = await rest(at().server, at().ada).get('/admin/server')
    expect(status).toBe(200)
    return body as ServerFacts
  }

  test('administrators see what the server runs with, and where each value is from', async () => {
    const shown = await facts()
    expect(shown).toMatchObject({ version, database, nodes: 1 })
    const setting = (name: string) => shown.settings.find((each) => each.name === name)
    expect(setting('ROOM_CREATION')).toMatchObject({
      value: 'admins',
      source: 'environment',
      default: 'everyone',
    })
    expect(setting('SEARCH')).toMatchObject({ value: 'on', source: 'default', default: 'on' })
    expect(setting('RETENTION_DAYS')?.value).toBeUndefined()
    for (const { meaning } of shown.settings) expect(meaning.length).toBeGreaterThan(10)
  })

  test('no secret is among them', async () => {
    const shown = await facts()
    expect(JSON.stringify(shown)).not.toContain('canary')
    for (const name of ['SECRET_KEY', 'ENCRYPTION_KEY', 'METRICS_TOKEN'])
      expect(shown.settings.find((each) => each.name === name)?.value).toBe('[hidden]')
  })

  test('what is stored is counted', async () => {
    const { server, ada, ben } = at()
    const before = (await facts()).stored
    expect(before.database_bytes).toBeGreaterThan(1_000_000)
    await makeRoom(server, ada, [ben])
    await rest(server, ben).post('/directs', { usernames: ['cleo'] })
    // On a machine that is busy, counting may take so long that the figures are kept for some seconds.
    const after = await waitFor('the new rooms', async () => {
      const { stored } = await facts()
      return stored.rooms > before.rooms && stored.directs > before.directs && stored
    })
    expect(after).toMatchObject({
      people: before.people,
      bots: before.bots,
      rooms: before.rooms + 1,
      directs: before.directs + 1,
      files: before.files,
      file_bytes: before.file_bytes,
    })
  })

  test('nobody else sees any of it', async () => {
    const { server, ben } = at()
    expect((await rest(server, ben).get('/admin/server')).status).toBe(403)
    expect((await rest(server).get('/admin/server')).status).toBe(401)
  })
})
