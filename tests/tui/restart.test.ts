import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { layWire } from '../sdk/wire.ts'
import { type Cast, cast, logIn, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { hasTmux, sitDown } from './terminal.ts'

describe.skipIf(!hasTmux)('a terminal', () => {
  let server: TestServer
  let people: Cast
  let wire: Awaited<ReturnType<typeof layWire>>
  let isDown = false

  beforeAll(async () => {
    server = await startServer()
    people = await cast(server)
    wire = await layWire(() => (isDown ? 1 : server.port))
  })
  afterAll(async () => {
    wire.stop()
    wire.cut()
    await server.stop()
  })

  test('survives a restart of the server: messages from before, meanwhile and after are shown once, in order', async () => {
    const room = await makeRoom(server, people.ben, [people.cleo], { title: 'Phoenix' })
    const ben = sitDown({
      words: ['--url', wire.url, '--room', room],
      env: { PARLEY_TOKEN: people.ben.token },
    })
    try {
      await ben.sees(/^ Phoenix.* 1 online/m)
      for (let n = 1; n <= 3; n++) ben.say(`before-${n}.`)
      await ben.sees(/before-3\. #\d/)

      isDown = true
      await server.restart()
      await ben.sees('offline, reconnecting…')
      ben.say('meanwhile-1.')
      await ben.sees(/meanwhile-1\. …/)
      ben.say('meanwhile-2.')
      ben.say('/quit')
      await ben.sees('Messages not sent yet: 2. Quit again')
      isDown = false
      await post(server, await logIn(server, 'cleo'), room, 'from cleo.')
      await ben.sees(/from cleo\. #\d/)
      await ben.misses(/meanwhile-\d\. …/)
      await ben.misses('offline')
      ben.say('after-1.')
      const end = await ben.sees(/after-1\. #\d/)

      const stored = (await rest(server, people.ben).get(`/rooms/${room}/messages`)).body.items
      const shown = [...end.matchAll(/(\S+-\d|from cleo)\. #(\d+)/g)].map(
        ([, text, seq]) => `${text}. #${seq}`,
      )
      expect(shown).toEqual(
        stored.map(({ content, seq }: { content: string; seq: number }) => `${content} #${seq}`),
      )
      expect(shown.filter((line) => !line.startsWith('from cleo')).map((line) => line.split('.')[0])).toEqual(
        [...['before-1', 'before-2', 'before-3', 'meanwhile-1', 'meanwhile-2', 'after-1']],
      )
    } finally {
      ben.close()
    }
  })
})
