import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { apiTokenSession } from '../../src/sdk/credentials.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { download } from '../support/files.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({ settings: { FILE_BYTES: '2MB' } }, async (server) => {
  const people = await cast(server)
  return { ...people, room: await makeRoom(server, people.ben, [people.cleo]) }
})

test('a file is uploaded with progress, sent with a message, and in the state of everybody', async () => {
  const { server, ben, room } = at()
  const client = createClient({ url: server.url, session: apiTokenSession(ben.token) })
  client.connect()
  await client.ready()
  const handle = await client.room(room).open()
  const bytes = crypto.getRandomValues(new Uint8Array(65_536))
  const long = new Blob(Array.from({ length: 20 }, () => bytes))
  const progress: number[] = []
  const file = await handle.upload(long, {
    name: 'Möwen.bin',
    alt: 'Gulls',
    onProgress: (sent, total) => progress.push(sent / total),
  })
  expect(file).toMatchObject({ name: 'Möwen.bin', alt: 'Gulls', bytes: long.size })
  expect(progress.at(-1)).toBe(1)
  const sending = handle.send('', { files: [file] })
  expect(handle.state?.pending[0]).toMatchObject({ content: '', files: [file] })
  const { seq } = await sending
  const message = await handle.around(seq)
  expect(message?.files).toEqual([file])
  expect((await download(server, ben, file.id)).status).toBe(200)

  const large = handle.upload(new Blob([new Uint8Array(2_000_001)]), { onProgress: () => {} })
  await expect(large).rejects.toMatchObject({ code: 'too_large', reason: 'file_too_large' })
  const aborted = handle.upload(long, { signal: AbortSignal.abort(new Error('Changed my mind')) })
  await expect(aborted).rejects.toThrow('Changed my mind')
  client.close()
})
