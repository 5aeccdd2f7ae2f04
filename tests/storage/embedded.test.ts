import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isUnavailable } from '../../src/storage/errors.ts'
import { lockDirectory } from '../../src/storage/lock.ts'
import { openStorage } from '../../src/storage/open.ts'

const child = new URL('children/writing.ts', import.meta.url).pathname
const strace = Bun.which('strace')
if (!strace) console.error('\n!!! NO STRACE HERE: that commits are synced to the disk was NOT TESTED. !!!\n')

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-embedded-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function start(dataDir: string, options: { most?: number; under?: string[] } = {}) {
  const process = Bun.spawn(
    [...(options.under ?? []), Bun.argv[0]!, child, dataDir, String(options.most ?? Infinity)],
    {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  const lines = readLines(process.stdout)
  return {
    process,
    lines,
    /** The lines up to and with one that matches. */
    async until(matches: (line: string) => boolean): Promise<string[]> {
      const seen: string[] = []
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        seen.push(next.value)
        if (matches(next.value)) return seen
      }
      throw new Error(`The process ended first: ${await new Response(process.stderr).text()}`)
    },
  }
}

async function end({ process, until }: ReturnType<typeof start>): Promise<void> {
  process.stdin.write('close\n')
  await until((line) => line === 'closed')
  process.stdin.end()
  await process.exited
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const chunk of stream) {
    const parts = (rest + Buffer.from(chunk).toString()).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  return undefined
}

async function stored(dataDir: string): Promise<number[]> {
  const storage = await openStorage({ dataDir })
  const rows = await storage.query<{ n: number }>('select n from counts order by n')
  await storage.close()
  return rows.map(({ n }) => n)
}

describe('one process only', () => {
  test('a second process ends while the first one runs, and names the process that holds the database', async () => {
    const dataDir = join(root, 'locked')
    const first = start(dataDir, { most: 0 })
    await first.until((line) => line === 'done')

    const second = start(dataDir)
    const code = await second.process.exited
    expect(code).toBe(3)
    const complaint = await new Response(second.process.stderr).text()
    expect(complaint).toContain(`process ${first.process.pid} on ${hostname()}, started 20`)
    expect(complaint).toContain('DATABASE_URL')

    first.process.kill('SIGKILL')
    await first.process.exited
    const third = start(dataDir, { most: 1 })
    await third.until((line) => line === 'done')
    third.process.kill('SIGKILL')
    await third.process.exited
  })

  test('the same directory cannot be opened twice in one process either', async () => {
    const dataDir = join(root, 'twice')
    const lock = lockDirectory(dataDir)
    expect(() => lockDirectory(dataDir)).toThrow(`process ${process.pid}`)
    lock.release()
    lockDirectory(dataDir).release()
  })

  test('what cannot be opened is not kept locked', async () => {
    const dataDir = join(root, 'old')
    await Bun.write(join(dataDir, 'db', 'PG_VERSION'), '17\n')
    await expect(openStorage({ dataDir })).rejects.toThrow('created by Postgres 17')
    lockDirectory(dataDir).release()
  })
})

describe('an acknowledged commit', () => {
  test.skipIf(!strace)('has been synced to the disk', async () => {
    const trace = join(root, 'trace')
    const under = [strace!, '-f', '-o', trace, '-e', 'trace=fdatasync,fsync,write']
    const writing = start(join(root, 'synced'), { most: 50, under })
    await writing.until((line) => line === 'done')
    writing.process.stdin.write('close\n')
    await writing.until((line) => line === 'closed')
    writing.process.stdin.end()
    await writing.process.exited

    // Between the answers to two inserts there is a sync that succeeded.
    const calls = await Bun.file(trace).text()
    const parts = calls.split(/write\(1, "\d+\\n"/)
    expect(parts).toHaveLength(51)
    const unsynced = parts
      .slice(1, 50)
      .filter((part) => !/(fdatasync|fsync)(\(\d+\)| resumed>\)) += 0/.test(part))
    expect(unsynced).toEqual([])
  })

  test.skipIf(!strace)(
    'is not acknowledged when the sync fails; then the database recovers by itself',
    async () => {
      const dataDir = join(root, 'failing')
      await (await openStorage({ dataDir })).close()
      const under = [strace!, '-f', '-o', '/dev/null', '-e', 'trace=fdatasync']
      const writing = start(dataDir, {
        most: 100,
        under: [...under, '-e', 'inject=fdatasync:error=EIO:when=60'],
      })
      await writing.until((line) => line === 'done')
      await end(writing)
      const complaints = (await new Response(writing.process.stderr).text()).trim().split('\n')
      expect(complaints[0]).toMatch(/^\d+: The embedded database has stopped\.$/)
      expect(await stored(dataDir)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    },
  )

  test('is complete after ten kills, with nothing else', async () => {
    const dataDir = join(root, 'killed')
    let acknowledged = 0
    for (let round = 0; round < 10; round++) {
      const writing = start(dataDir)
      const seen = await writing.until((line) => Number(line) >= acknowledged + 20 + round * 7)
      writing.process.kill('SIGKILL')
      for await (const line of writing.lines) seen.push(line)
      acknowledged = Number(seen.at(-1))
      await writing.process.exited
    }
    const rows = await stored(dataDir)
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged)
    expect(rows.length).toBeLessThanOrEqual(acknowledged + 10)
    expect(rows).toEqual(Array.from(rows, (_, index) => index + 1))
  })
})

test('a first start that is killed at any time leaves a directory that opens', async () => {
  for (const [round, delayMs] of [60, 140, 220, 300, 380, 460].entries()) {
    const dataDir = join(root, `first-${round}`)
    const writing = start(dataDir)
    await Bun.sleep(delayMs)
    writing.process.kill('SIGKILL')
    await writing.process.exited
    const storage = await openStorage({ dataDir })
    expect(await storage.query('select 1 as value')).toEqual([{ value: 1 }])
    await storage.close()
    expect(existsSync(join(dataDir, 'db.unfinished'))).toBe(false)
  }
})

test('statements in progress at close are finished, and later ones are unavailable', async () => {
  const dataDir = join(root, 'closing')
  const storage = await openStorage({ dataDir })
  await storage.query('create table counts (n int primary key)')
  const under = Promise.all(
    Array.from({ length: 50 }, (_, n) => storage.query('insert into counts values ($1)', [n])),
  )
  const closing = storage.close()
  await under
  await closing
  expect(isUnavailable(await storage.query('select 1').catch((error: unknown) => error))).toBe(true)
  expect(await stored(dataDir)).toHaveLength(50)
})
