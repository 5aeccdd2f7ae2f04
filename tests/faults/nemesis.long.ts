import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingHere } from '../../src/bench/nemesis/cluster.ts'
import { type NemesisReport, runNemesis } from '../../src/bench/nemesis/run.ts'
import { verdictOf } from '../../src/bench/nemesis/verdict.ts'

const faults = ['kill', 'pause', 'partition', 'bus'] as const
const shape = { nodes: 3, bus: 'redis', faults } as const
const missing = missingHere(shape)
if (missing !== undefined) console.error(`\n!!! THE NEMESIS WAS NOT RUN: ${missing} !!!\n`)

/** What machines that others use too cannot promise is how fast it works again: the step of `.ci/run` judges that. */
describe.skipIf(missing !== undefined)(
  'three nodes that are killed, frozen and cut off while people talk',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'parley-nemesis-long-'))
    const place = process.env.TMPDIR
    let report: NemesisReport
    beforeAll(async () => {
      // Postgres runs as another user there.
      chmodSync(directory, 0o711)
      process.env.TMPDIR = directory
      report = await runNemesis({ minutes: 1, seed: 14, shape, tell: () => undefined })
    })
    afterAll(() => {
      if (place === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = place
      rmSync(directory, { recursive: true, force: true })
    })

    test('lose, double, reorder and make up no message, and send nothing to people who were removed', () => {
      if (report.violations.length + report.failures.length > 0) throw new Error(verdictOf(report).join('\n'))
    })

    test('were really broken, each way, while people talked', () => {
      for (const name of faults)
        expect(report.struck.filter((each) => each.name === name && each.proof).length).toBeGreaterThan(0)
      expect(report.timeline.acked).toBeGreaterThan(500)
      expect(report.timeline.removed).toBeGreaterThan(10)
      expect(report.timeline.unknown).toBeGreaterThan(0)
    })

    test('leave nothing behind', () => expect(readdirSync(directory)).toEqual([]))
  },
)
