import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { patienceMs } from './patience.ts'

export const redisForTests = Bun.which('redis-server') ?? Bun.which('valkey-server') ?? undefined

if (!redisForTests)
  console.error(
    '\n!!! NO REDIS HERE: the tests of the bus over Redis were NOT RUN. Install redis-server. !!!\n',
  )

export type OwnRedis = {
  url: string
  port: number
  /** SIGKILL, SIGSTOP, SIGCONT. */
  signal(signal: NodeJS.Signals): void
  /** Starts it again on the same port after it was killed. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A server of our own that a test may stop, freeze and kill. It keeps nothing. */
export async function startRedis({ password }: { password?: string } = {}): Promise<OwnRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-redis-'))
  const port = await freePort()
  const url = `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`
  const own = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  const launch = () =>
    Bun.spawn([redisForTests!, ...own, ...(password === undefined ? [] : ['--requirepass', password])], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
  let server = launch()
  await until(url)
  return {
    url,
    port,
    signal: (signal) => server.kill(signal),
    async restart() {
      await server.exited
      server = launch()
      await until(url)
    },
    async stop() {
      server.kill('SIGKILL')
      await server.exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function until(url: string): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline) {
    const client = new Bun.RedisClient(url, { autoReconnect: false })
    try {
      await client.connect()
      return
    } catch {
      await Bun.sleep(20)
    } finally {
      client.close()
    }
  }
  throw new Error('Redis did not start')
}
