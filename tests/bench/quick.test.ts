import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../../src/bench/run.ts'
import { runChild, withoutPage } from '../support/child.ts'
import { processesIn } from '../support/processes-in.ts'

const directory = mkdtempSync(join(tmpdir(), 'parley-quick-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('a quick bench on the embedded database measures everything, finds no violation and leaves nothing behind', async () => {
  const json = join(directory, 'report.json')
  const histories = join(directory, 'histories')
  const scratch = mkdtempSync(join(directory, 'scratch-'))
  const words = ['bench', '--quick', '--json', json, '--histories', histories]
  const { code, stdout, stderr } = await runChild(words, { env: { TMPDIR: scratch, ...withoutPage } })
  if (code !== 0) throw new Error(`It ended with ${code}:\n${stdout}\n${stderr}`)

  const report = (await Bun.file(json).json()) as Report
  expect(report.violations).toEqual([])
  expect(report.databases).toEqual(['embedded'])
  expect(stdout).toContain('POSTGRES WAS NOT MEASURED')
  const measured = report.measurements.map(({ scenario, who }) => `${who} ${scenario}`)
  expect(measured).toEqual([
    'raw idle',
    'raw many',
    'raw hundred',
    'Parley idle',
    'limit many',
    'Parley many',
    'limit hundred',
    'Parley hundred',
    'Parley history',
    'Parley mixed',
    'Parley return',
  ])
  for (const { scenario, median } of report.measurements)
    if (scenario !== 'idle' && scenario !== 'return') expect(median.messagesPerSecond).toBeGreaterThan(0)

  const { back } = report.measurements.at(-1)!
  expect(report.measurements.flatMap(({ faults }) => faults)).toEqual([])
  expect(back?.people).toBe(20)
  // The people talk all the time, so that their messages are among the statements.
  for (const figure of ['cpuMs', 'statements', 'presenceEvents'] as const)
    expect(back?.[figure]).toBeGreaterThan(0)
  expect(readdirSync(histories).sort()).toEqual(['embedded-1.jsonl', 'embedded-return-1.jsonl'])

  const [history] = readdirSync(histories)
  const checked = await runChild(['bench', '--check', join(histories, history!)], {})
  expect(checked.stdout).toBe('0 violations\n')
  expect(readdirSync(scratch)).toEqual([])
  expect(processesIn(scratch)).toEqual([])
})
