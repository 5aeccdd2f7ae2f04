import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../support/child.ts'
import { rest } from '../support/client.ts'
import { tokensFor } from '../support/command-line.ts'
import { download, putPicture, upload } from '../support/files.ts'
import { photo } from '../support/pictures.ts'
import { smallDisk } from '../support/small-disk.ts'

/** Only the files are on the small disk: the database has room. */
const disk = smallDisk(40)
const root = mkdtempSync(join(tmpdir(), 'parley-full-files-'))
afterAll(() => {
  disk?.remove()
  rmSync(root, { recursive: true, force: true })
})

test.skipIf(!disk)(
  'a full disk refuses uploads, leaves nothing half made, and the server lives',
  async () => {
    const env = {
      ...{ DATA_DIR: join(root, 'data'), FILES_URL: `file://${disk!.path}/files` },
      ...{ RATE_LIMITS: 'off', FILE_BYTES: '30MB' },
    }
    const server = await startChild({ env })
    const tokens = await tokensFor(['ada'], { env })
    const ada = { token: tokens.get('ada')! }
    await rest(server, ada).put('/rooms/general/members/me', {})
    const small = await upload(server, ada, 'general', 'small enough', 'small.txt')
    expect(small.status).toBe(201)
    const large = crypto.getRandomValues(new Uint8Array(65_536))
    const megabytes = (count: number) => Buffer.concat(Array.from({ length: count * 16 }, () => large))

    // It becomes full in the middle of an upload, of many at the same time, and before one.
    const middle = await upload(server, ada, 'general', megabytes(28), 'first.bin')
    expect(middle.status).toBe(201)
    const [one, two] = await Promise.all(
      ['second.bin', 'third.bin'].map((name) => upload(server, ada, 'general', megabytes(28), name)),
    )
    for (const { status, body } of [one!, two!]) expect([status, body.reason]).toEqual([503, 'disk_full'])
    disk!.fill()
    for (const answer of [
      await upload(server, ada, 'general', megabytes(1)),
      await putPicture(server, ada, '/users/me/avatar', await photo(1)),
    ])
      expect([answer.status, answer.body.reason]).toEqual([503, 'disk_full'])

    // People talk on, and what is there is read.
    const said = await rest(server, ada).post('/rooms/general/messages', { content: 'Still there' })
    expect(said.status).toBe(201)
    expect(await (await download(server, ada, small.body.id)).text()).toBe('small enough')
    const there = readdirSync(join(disk!.path, 'files'), { recursive: true, encoding: 'utf8' })
    expect(there.filter((path) => path.includes('.new/'))).toEqual([])
    expect((await rest(server, ada).get('/users/me')).body).not.toHaveProperty('avatar')

    disk!.free()
    expect((await rest(server, ada).delete(`/files/${middle.body.id}`)).status).toBe(204)
    expect((await upload(server, ada, 'general', megabytes(10), 'again.bin')).status).toBe(201)
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
  },
)
