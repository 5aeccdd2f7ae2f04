import { afterAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresPrograms } from '../../src/bench/nemesis/postgres.ts'
import { fromSource } from '../support/child.ts'
import { waitFor } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { processesIn } from '../support/processes-in.ts'

const scratch = mkdtempSync(join(tmpdir(), 'parley-nemesis-stop-'))
// Postgres runs as another user there.
chmodSync(scratch, 0o711)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe.skipIf(postgresPrograms() === undefined)('a nemesis', () => {
  test.each(['SIGINT', 'SIGHUP'] as const)(
    'that gets %s ends its nodes, its Postgres and its load, and leaves nothing behind',
    async (signal) => {
      const child = Bun.spawn([...fromSource, 'bench', '--nemesis', '--nodes', '1', '--faults', 'pause'], {
        env: { PATH: process.env.PATH!, TMPDIR: scratch },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const isThere = (what: RegExp) => () => {
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}`)
        return processesIn(scratch).some((command) => what.test(command))
      }
      for (const what of [/ serve $/, / load $/, /postgres.* -D /]) await waitFor(String(what), isThere(what))
      child.kill(signal)
      expect(await child.exited).not.toBe(0)
      expect(await new Response(child.stderr).text()).toContain('interrupted')
      expect(processesIn(scratch)).toEqual([])
      expect(readdirSync(scratch)).toEqual([])
    },
  )

  test('refuses a fault and a bus that it does not know', async () => {
    const wrong = await runCommand(['bench', '--nemesis', '--faults', 'kill,rust'], {})
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('not "rust"')])
    const bus = await runCommand(['bench', '--nemesis', '--bus', 'tram'], {})
    expect([bus.code, bus.stderr]).toEqual([2, expect.stringContaining('not "tram"')])
  })
})
