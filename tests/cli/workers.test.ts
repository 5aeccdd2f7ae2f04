import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { openPlace, type Place } from '../faults/place.ts'
import { type Child, fromSource, runChild, startChild } from '../support/child.ts'
import { rest, socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { runCommand, tokensFor } from '../support/command-line.ts'

const workers = ['--workers', '2']
const serving = /"worker":(\d).+"pid":(\d+),"message":"parley serves"/g
const place = process.platform === 'linux' ? await openPlace('postgres') : undefined
afterAll(async () => place?.close())

/** Process numbers of the workers that have come to serve, by their number; the last ones. */
function workersOf(server: Child): Map<string, number> {
  const found = new Map<string, number>()
  for (const [, worker, pid] of server.said().matchAll(serving)) found.set(worker!, Number(pid))
  return found
}

const isAlive = (pid: number): boolean => {
  try {
    // A process that has ended and was not waited for is a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe.skipIf(!place)('a server of two workers', () => {
  const { env } = (place ?? { env: {} }) as Place
  const talkers = Array.from({ length: 16 }, (_, index) => `talker${index}`)
  let server: Child
  let tokens: Map<string, string>
  const seats: { token: string; socket: TestSocket }[] = []

  async function seat(token: string): Promise<TestSocket> {
    const socket = await socketOf(server, { token })
    await socket.ask({ type: 'room.subscribe', room: 'general' })
    return socket
  }

  const contentsOf = (socket: TestSocket): string[] =>
    socket.heard('message.created').map(({ message }) => message.content)

  beforeAll(async () => {
    server = await startChild({ env: { ...env, LOG_LEVEL: 'info' }, words: workers })
    tokens = await tokensFor(talkers, { env })
    for (const token of tokens.values()) {
      await rest(server, { token }).put('/rooms/general/members/me', {})
      seats.push({ token, socket: await seat(token) })
    }
  })
  afterAll(async () => {
    server?.signal('SIGKILL')
    await server?.exited
  })

  test('says once where it is, and once how to make the first administrator', () => {
    expect(server.said().match(/ is at http/g)).toHaveLength(1)
    expect(server.said().match(/#setup=/g)).toHaveLength(1)
    expect([...workersOf(server).keys()].sort()).toEqual(['1', '2'])
  })

  test('lets everybody hear everybody, in one order', async () => {
    await Promise.all(
      seats.map(({ socket }, index) =>
        socket.ask({
          type: 'message.send',
          room: 'general',
          content: `first ${index}`,
          client_id: `f${index}`,
        }),
      ),
    )
    for (const { socket } of seats)
      await socket.until('every message', () => contentsOf(socket).length === seats.length)
    const [one, ...others] = seats.map(({ socket }) => contentsOf(socket))
    for (const other of others) expect(other).toEqual(one!)
  })

  test('shows the metrics of both, wherever a scrape comes to', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    const open = [...text.matchAll(/^parley_sockets_open(?:\{.*\})? (\d+)$/gm)].map(([, count]) =>
      Number(count),
    )
    expect(open).toHaveLength(2)
    expect(open[0]! + open[1]!).toBe(seats.length)
    expect(text.match(/^# HELP parley_sockets_open /gm)).toHaveLength(1)
  })

  test('takes an operation of the command line, which reaches both', async () => {
    const banned = seats.pop()!
    const socket = await seat(banned.token)
    expect(await runCommand(['user', 'ban', talkers.at(-1)!], { env })).toMatchObject({ code: 0, stderr: '' })
    await banned.socket.ending()
    await socket.ending()
    expect((await runCommand(['health'], { env: { ...env, PORT: new URL(server.url).port } })).code).toBe(0)
  })

  test('goes on when one is killed, and starts it again', async () => {
    const before = workersOf(server)
    process.kill(before.get('1')!, 'SIGKILL')
    await waitFor('the end of some sockets', () => seats.some(({ socket }) => !socket.isOpen()))
    const late = seats.find(({ socket }) => !socket.isOpen())!
    const back = await waitFor('a worker that takes it', () => seat(late.token).catch(() => undefined))
    await back.ask({ type: 'message.send', room: 'general', content: 'back', client_id: 'back' })
    // The others of that worker end a moment later.
    for (const { socket } of seats)
      await waitFor('the word', () => !socket.isOpen() || contentsOf(socket).includes('back'))
    const kept = seats.filter(({ socket }) => socket.isOpen())
    expect(kept.length).toBeGreaterThan(0)
    await waitFor('the new worker', () => workersOf(server).get('1') !== before.get('1'))
    expect(workersOf(server).get('2')).toBe(before.get('2')!)
    // The command line reaches the one that came back, which has another socket by now.
    expect((await runCommand(['user', 'list'], { env })).code).toBe(0)
  })

  test('is not joined by a stranger on its port, and joins none', async () => {
    const { port } = new URL(server.url)
    const other = (await openPlace('postgres'))!
    for (const words of [['serve'], ['serve', ...workers]]) {
      const { code, stdout, stderr } = await runChild(words, { env: { ...other.env, PORT: port } })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toBe(
        `parley: Cannot listen on 127.0.0.1, port ${port}: another program uses this port. Stop it, or choose another port with --port or PORT.\n`,
      )
    }
    const same = await runChild(['serve', '--port', '0', ...workers], { env })
    expect([same.code, same.stderr]).toEqual([
      1,
      expect.stringContaining('Each server needs a DATA_DIR of its own'),
    ])
    await other.close()
  })

  test('ends as a whole when its parent is killed', async () => {
    const pids = [...workersOf(server).values()]
    expect(pids.map(isAlive)).toEqual([true, true])
    server.signal('SIGKILL')
    await waitFor('the end of the workers', () => !pids.some(isAlive))
    const again = await startChild({ env, words: workers })
    again.signal('SIGINT')
    expect(await again.exited).toBe(0)
  })
})

describe('workers are refused, with one sentence,', () => {
  test('on the embedded database', async () => {
    const { code, stdout, stderr } = await runChild(['serve', ...workers], { env: { DATA_DIR: '/nowhere' } })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^parley: .*embedded database.* set DATABASE_URL.*\n$/)
  })

  test.skipIf(!place)('when the first one cannot start', async () => {
    const env = {
      ...place!.env,
      DATABASE_URL: 'postgres://parley:tide-password@127.0.0.1:1/parley',
      PORT: '0',
    }
    const { code, stdout, stderr } = await runChild(['serve', ...workers], { env })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^parley: Postgres at 127\.0\.0\.1:1, .+\n$/)
    expect(stderr).not.toContain('tide-password')
  })

  test.each([['0'], ['65'], ['two'], ['1.5']])('when there are %s of them', async (number) => {
    const { code, stderr } = await runCommand(['serve', '--workers', number], {})
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--workers must be a whole number from 1 to 64'),
    ])
  })

  test('when nobody has started a process as one', async () => {
    const { code, stderr } = await runChild(['serve', '1/2'], { command: fromSource })
    expect([code, stderr]).toEqual([2, expect.stringContaining('Unexpected argument "1/2".')])
  })
})
