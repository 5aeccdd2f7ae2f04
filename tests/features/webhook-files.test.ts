import { expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { upload } from '../support/files.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { type Hook, hookIn } from './webhooks.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database, settings: { FILES_PER_USER: '100KB' } }, cast)

  // Each webhook had the space of a person, and a person may create any number of them.
  test('the files of webhooks take the space of who created them', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [first, second] = [await hookIn(server, ben, room), await hookIn(server, ben, room)]
    const bytes = new Uint8Array(60_000)
    const through = async (hook: Hook) => {
      const { status } = await fetch(`${hook.url}/files`, { method: 'POST', body: bytes })
      return status
    }
    expect(await through(first)).toBe(201)
    expect([await through(first), await through(second)]).toEqual([413, 413])
    expect((await upload(server, ben, room, bytes)).body.reason).toBe('files_full')
    expect((await upload(server, cleo, room, bytes)).status).toBe(201)
  })
})
