import { describe, expect, test } from 'bun:test'
import { createDeadline } from '../../src/storage/deadline.ts'
import { DatabaseBusy, isUnavailable, outageOf } from '../../src/storage/errors.ts'
import { meet } from '../features/listener.ts'
import { socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { serverFor, type TestServer } from '../support/server.ts'
import { openRaw } from './raw.ts'

const at = serverFor({ database: 'postgres' }, async () => ({}))

/** The statement of the greetings waits for `release`, or fails so many times first. */
function holdGreetings({ tools: { sql } }: TestServer, failures = 0) {
  const { query } = sql
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  sql.query = async <Row>(text: string, params?: unknown[]) => {
    if (!text.includes('where members.user_id = any')) return query<Row>(text, params)
    begun.resolve()
    if (failures-- > 0) throw new DatabaseBusy('The statement did not get its turn.')
    await released.promise
    return query<Row>(text, params)
  }
  return {
    begun: begun.promise,
    failuresLeft: () => failures,
    release() {
      released.resolve()
      sql.query = query
    },
  }
}

async function withPolicy(server: TestServer, change: object, during: () => Promise<void>): Promise<void> {
  const { policy } = server.tools
  const before = { ...policy }
  Object.assign(policy, change)
  try {
    await during()
  } finally {
    Object.assign(policy, before)
  }
}

const allGreeted = (sockets: TestSocket[]) => Promise.all(sockets.map((socket) => socket.next('hello')))

describe('a crowd that cannot be greeted now', () => {
  test('waits with pings answered, and the first frame is the greeting', async () => {
    const { server } = at()
    const people = await meet(server, ...Array.from({ length: 30 }, (_, n) => `fan${n}`))
    const [deaf] = await meet(server, 'deaf')
    const held = holdGreetings(server)
    await withPolicy(server, { pingIntervalMs: 200, pongTimeoutMs: 1000 }, async () => {
      const sockets = await Promise.all(people.map((person) => socketOf(server, person)))
      await held.begun
      const raw = await openRaw(server, deaf!, '/ws', { greeted: false })
      await waitFor('the end of a socket that does not answer pings', () => raw.isOver())
      expect(raw.closeCode()).toBe(4009)
      expect(sockets.map(({ all }) => all)).toEqual(sockets.map(() => []))
      held.release()
      await allGreeted(sockets)
      expect(sockets.map(({ all }) => all[0]!.type)).toEqual(sockets.map(() => 'hello'))
      await Promise.all(sockets.map((socket) => socket.close()))
    })
  })

  test('is greeted when a busy database has time again, not closed', async () => {
    const { server } = at()
    const people = await meet(server, 'ann', 'bob')
    const held = holdGreetings(server, 3)
    const sockets = await Promise.all(people.map((person) => socketOf(server, person)))
    await waitFor('the failures', () => held.failuresLeft() < 0)
    held.release()
    await allGreeted(sockets)
    await Promise.all(sockets.map((socket) => socket.close()))
  })

  test('is closed beyond the bound, each with another time to come back', async () => {
    const { server } = at()
    const people = await meet(server, ...Array.from({ length: 12 }, (_, n) => `fan${n}`))
    const held = holdGreetings(server)
    await withPolicy(server, { mostGreetings: 3 }, async () => {
      const first = await socketOf(server, people[0]!)
      await held.begun
      const others = await Promise.all(people.slice(1).map((person) => socketOf(server, person)))
      const refused = await waitFor('the refusals', () => {
        const over = others.filter((socket) => !socket.isOpen())
        return over.length === 8 && over
      })
      const endings = await Promise.all(refused.map((socket) => socket.ending()))
      const hints = endings.map(({ reason }) =>
        Number(/^unavailable retry_after_ms=(\d+)$/.exec(reason)?.[1]),
      )
      expect(endings.map(({ code }) => code)).toEqual(refused.map(() => 4013))
      expect(refused.map(({ all }) => all.map(({ reason }) => reason))).toEqual(
        refused.map(() => ['server_busy']),
      )
      expect(new Set(hints).size).toBeGreaterThan(4)
      expect(hints.every((ms) => ms >= 1000 && ms <= 10_000)).toBe(true)
      held.release()
      const waiting = [first, ...others.filter((socket) => socket.isOpen())]
      await allGreeted(waiting)
      await Promise.all(waiting.map((socket) => socket.close()))
    })
  })
})

describe('a statement that is late', () => {
  const late = (responds: boolean) =>
    createDeadline({ limitMs: 20, mostWaiting: 1, onMiss: () => responds })(
      () => new Promise(() => undefined),
    )
  const outage = (attempt: Promise<unknown>) =>
    attempt.catch((error: unknown) => isUnavailable(error) && outageOf(error))

  test('is not the fault of a database that responds to others', async () => {
    expect(await outage(late(true))).toBe('server_busy')
    expect(await outage(late(false))).toBe('database_away')
  })

  test('among too many others is refused because the server is busy', async () => {
    const within = createDeadline({ limitMs: 20, mostWaiting: 1, onMiss: () => false })
    const first = outage(within(() => new Promise(() => undefined)))
    expect(await outage(within(async () => undefined))).toBe('server_busy')
    expect(await first).toBe('database_away')
  })
})
