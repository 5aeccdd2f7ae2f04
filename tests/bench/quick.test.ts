import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../../src/bench/run.ts'
import { runChild } from '../support/child.ts'

const directory = mkdtempSync(join(tmpdir(), 'parley-quick-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('a quick bench on the embedded database measures everything, finds no violation and leaves nothing behind', async () => {
  const json = join(directory, 'report.json')
  const histories = join(directory, 'histories')
  const scratch = mkdtempSync(join(directory, 'scratch-'))
  const words = ['bench', '--quick', '--json', json, '--histories', histories]
  const { code, stdout, stderr } = await runChild(words, { env: { TMPDIR: scratch } })
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
  ])
  for (const { scenario, median } of report.measurements)
    if (scenario !== 'idle') expect(median.messagesPerSecond).toBeGreaterThan(0)

  const [history] = readdirSync(histories)
  const checked = await runChild(['bench', '--check', join(histories, history!)], {})
  expect(checked.stdout).toBe('0 violations\n')
  expect(readdirSync(scratch)).toEqual([])
  expect(processesIn(scratch)).toEqual([])
})

function processesIn(place: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(place)
    } catch {
      return false
    }
  })
}
