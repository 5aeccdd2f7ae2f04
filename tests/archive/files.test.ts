import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMessageCipher } from '../../src/crypto/messages.ts'
import { openDepot } from '../../src/depot/open.ts'
import { placeOfFacts } from '../../src/features/attachments/sealed.ts'
import { listFiles } from '../../src/features/attachments/store.ts'
import { readWhole } from '../../src/features/files/preview.ts'
import { readSetting } from '../../src/features/settings.ts'
import { rotateKeys } from '../../src/operator/rotate.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { download, sendFile } from '../support/files.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { backupOf, emptyTarget, restoreInto } from './support.ts'

await onBothDatabases((database) => {
  test('a backup has the files, and they open with the key of the community that restores it', async () => {
    const server = await startServer({ database })
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const long = Buffer.concat(Array.from({ length: 10 }, () => bytes))
    await sendFile(server, ben, room, long, 'long.bin')
    await sendFile(server, ben, room, 'short', 'short.txt')
    expect(await readSetting(server.tools.sql, 'files marked')).toBeDefined()
    const file = await backupOf(server.tools)
    await server.stop()

    const target = await emptyTarget(database)
    const path = mkdtempSync(join(tmpdir(), 'parley-files-'))
    const restored = await restoreInto(target, file, { place: { kind: 'directory', path } })
    expect(restored.files).toBe(2)
    // The first node that takes files marks their new place.
    expect(await readSetting(target.storage, 'files marked')).toBeUndefined()
    const depot = openDepot({ kind: 'directory', path }, String(await readSetting(target.storage, 'files')))
    const cipher = createMessageCipher(target.keyring)
    const found: Record<string, Uint8Array> = {}
    for (const row of await listFiles(target.storage, '', 10)) {
      const facts = JSON.parse(cipher.open(row.sealed, placeOfFacts(row)))
      const kept = (await depot.open(row.id))!
      found[facts.name] = await readWhole(kept, Buffer.from(facts.key, 'base64'), row.id, facts.bytes)
      await kept.close()
    }
    expect(Buffer.from(found['long.bin']!)).toEqual(long)
    expect(Buffer.from(found['short.txt']!).toString()).toBe('short')
    await target.close()
    rmSync(path, { recursive: true })
  })
})

// The rows of files were sealed with a key that `keys rotate` then dropped: after the next start nobody could open a file any more.
test('files open after the keys were rotated', async () => {
  const server = await startServer({ settings: { ENCRYPTION_KEY: '', SECRET_KEY: '' } })
  const { ben } = await cast(server)
  const room = await makeRoom(server, ben)
  const { files } = await sendFile(server, ben, room, 'still there')
  const caller = { report: () => {}, write: async () => {}, signal: new AbortController().signal }
  const before = server.tools.policy.keyring.current.id
  await rotateKeys(server.tools, {}, caller as never)
  expect(server.tools.policy.keyring.current.id).not.toBe(before)
  expect(server.tools.policy.keyring.older).toEqual([])
  const got = await download(server, ben, files[0].id)
  expect([got.status, await got.text()]).toEqual([200, 'still there'])
  await server.stop()
})
