import { describe, expect, test } from 'bun:test'
import type { Shape } from '../../src/bench/scale/shape.ts'
import { simulate } from '../../src/bench/scale/simulate.ts'
import { scaleTable } from '../../src/bench/scale/table.ts'
import { signUp } from '../support/cast.ts'
import { startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { redisForTests, startRedis } from '../support/redis.ts'

const small = { nodes: 3, rooms: 6, spread: 2, listeners: 2, messages: 10 }
const there = await postgresForTests()
const engines: { bus: Shape['bus']; isHere: boolean }[] = [
  { bus: 'postgres', isHere: there !== undefined },
  { bus: 'redis', isHere: there !== undefined && redisForTests !== undefined },
]

describe('the arithmetic of docs/scaling.md', () => {
  for (const { bus, isHere } of engines)
    test.skipIf(!isHere)(`is what three nodes count over ${bus}`, async () => {
      const redis = bus === 'redis' ? await startRedis() : undefined
      const nodes = await startNodes(small.nodes, redis ? { BUS_URL: redis.url } : {})
      const urls = nodes.servers.map(({ url }) => url)
      const people = [await signUp(nodes.servers[0]!, 'ada'), await signUp(nodes.servers[0]!, 'ben')]
      const tokens = people.map(({ token }) => token)
      const found = await simulate({ ...small, bus }, { urls, tokens, name: 'few', tell: () => undefined })
      expect(scaleTable(found).filter((line) => line.startsWith('WRONG'))).toEqual([])
      expect(found.total.rows).toBe(small.rooms * small.messages)
      await nodes.stop()
      await redis?.stop()
    })
})
