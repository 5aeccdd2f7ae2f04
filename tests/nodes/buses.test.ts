import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Server } from '../../src/server.ts'
import { makeRoom, post, signUp } from '../support/cast.ts'
import { rest, socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { type OwnRedis, redisForTests, startRedis } from '../support/redis.ts'

const contentsOf = (socket: TestSocket) =>
  socket.heard('message.created').map(({ message }) => message.content)

let talks = 0

/** Ben on one node and Cleo on another one, in one room, each with a socket that listens. */
async function talkOn([here, there]: Server[]) {
  const ben = await signUp(here!, `ben${++talks}`)
  const cleo = await signUp(there!, `cleo${talks}`)
  const room = await makeRoom(here!, ben)
  const sockets = [await socketOf(here!, ben), await socketOf(there!, cleo)]
  await sockets[1]!.ask({ type: 'room.join', room })
  for (const socket of sockets) await socket.ask({ type: 'room.subscribe', room })
  const sent: string[] = []
  const sides: [Server, Awaited<ReturnType<typeof signUp>>][] = [
    [here!, ben],
    [there!, cleo],
  ]
  return {
    sockets,
    sent,
    async say(words: string): Promise<void> {
      for (const [server, author] of sides) {
        const text = `${words} of ${author.username}`
        await post(server, author, room, text)
        sent.push(text)
      }
    },
    async heardAll(): Promise<void> {
      for (const socket of sockets) {
        await socket.until('the last one', () => contentsOf(socket).length >= sent.length)
        expect(contentsOf(socket)).toEqual(sent)
      }
    },
    async close(): Promise<void> {
      for (const socket of sockets) await socket.close()
    },
  }
}

const statusOf = async (server: Server) => {
  const { status, body } = await rest(server).get('/health/ready')
  return `${status} ${body.status}`
}

const there = await postgresForTests()
const engines = [
  { name: 'Postgres', isHere: there !== undefined },
  { name: 'Redis', isHere: there !== undefined && redisForTests !== undefined },
]

for (const { name, isHere } of engines) {
  describe.skipIf(!isHere)(`two servers with a bus over ${name}`, () => {
    let nodes: Nodes
    let redis: OwnRedis | undefined
    beforeAll(async () => {
      redis = name === 'Redis' ? await startRedis() : undefined
      nodes = await startNodes(2, redis ? { BUS_URL: redis.url } : {})
    })
    afterAll(async () => {
      await nodes?.stop()
      await redis?.stop()
    })

    test('hear what is said on the other one, in order, and see each other', async () => {
      const talk = await talkOn(nodes.servers)
      for (let round = 0; round < 20; round++) await talk.say(`round ${round}`)
      await talk.heardAll()
      await talk.close()
      for (const { tools } of nodes.servers) {
        expect(tools.bus.others().size).toBe(1)
        expect(tools.metrics.text()).toMatch(/^parley_bus_nodes\{node="\w{8}"\} 2$/m)
        expect(tools.metrics.text()).toMatch(/^parley_bus_notes_received_total\{.*\} [1-9]/m)
      }
    })

    test.skipIf(name !== 'Redis')(
      'lose nothing, and double nothing, when their Redis is killed and comes back',
      async () => {
        const talk = await talkOn(nodes.servers)
        await talk.say('before')
        await talk.heardAll()
        for (let round = 0; round < 2; round++) {
          redis!.signal('SIGKILL')
          for (const server of nodes.servers)
            await waitFor('the loss', async () => (await statusOf(server)) === '200 degraded' || undefined)
          for (let nth = 0; nth < 5; nth++) await talk.say(`without a bus ${round} ${nth}`)
          await talk.heardAll()
          await redis!.restart()
          await talk.say(`while it comes back ${round}`)
          for (const server of nodes.servers)
            await waitFor('the return', async () => (await statusOf(server)) === '200 ready' || undefined)
          await talk.say(`with a bus again ${round}`)
          await talk.heardAll()
        }
        await talk.close()
      },
    )
  })
}
