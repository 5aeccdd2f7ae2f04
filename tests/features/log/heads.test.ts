import { expect, test } from 'bun:test'
import { writer } from '../../../src/features/log/writer.ts'
import { cast, makeRoom, post } from '../../support/cast.ts'
import { onBothDatabases, serverFor } from '../../support/server.ts'
import { listener } from '../listener.ts'

const crowd = 150_000

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  // Every room that was written to since the start stayed in memory.
  test('of many rooms the heads of those written to last stay in memory, and the others go on where they were', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const before = await post(server, ben, room, 'Before')
    const cleos = await listener(server, cleo, room)
    const { heads } = writer(server.tools)
    for (let n = 1; n <= crowd; n++) heads.begin({ key: -n, id: `r${n}`, epoch: 'e' })
    expect(heads.inMemory()).toBe(100_000)
    expect(await post(server, ben, room, 'After')).toBe(before + 1)
    await post(server, ben, room, 'and again')
    expect(await cleos.newEvents()).toEqual(['message.created After', 'message.created and again'])
    await cleos.close()
  })
})
