import { expect, test } from 'bun:test'
import { signUp } from '../support/cast.ts'
import { rest, tryUpgrade } from '../support/client.ts'
import { postgresForTests } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

// A ticket may come from another node. So each unknown ticket cost a statement, and anybody could send them without a limit.
test.skipIf(!(await postgresForTests()))(
  'made-up tickets are limited by address, and real ones still open sockets',
  async () => {
    const server = await startServer({ database: 'postgres', settings: { RATE_LIMITS: 'on' } })
    try {
      const ben = await signUp(server, 'ben')
      const open = async (ticket: string) => (await tryUpgrade(server, `/ws?ticket=${ticket}`)).status
      const statuses = await Promise.all(Array.from({ length: 700 }, (_, n) => open(`made-up-${n}`)))
      expect([...new Set(statuses)].sort()).toEqual([401, 429])
      const { body } = await rest(server, ben).post('/auth/ticket')
      expect(await open(body.ticket)).toBe(101)
    } finally {
      await server.stop()
    }
  },
)
