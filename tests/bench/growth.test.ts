import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { axesOf, axisNames } from '../../src/bench/growth/axes.ts'
import { operationNames, titles } from '../../src/bench/growth/operations.ts'
import { plotOf } from '../../src/bench/growth/plot.ts'
import type { GrowthReport, Point } from '../../src/bench/growth/run.ts'
import { lastSlope } from '../../src/bench/growth/slope.ts'
import { growthTables } from '../../src/bench/growth/table.ts'
import { runChild, withoutPage } from '../support/child.ts'

const directory = mkdtempSync(join(tmpdir(), 'parley-growth-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('a quick run of the growth measures every operation at every size, and leaves nothing behind', async () => {
  const [json, plot] = [join(directory, 'growth.json'), join(directory, 'growth.svg')]
  const scratch = mkdtempSync(join(directory, 'scratch-'))
  const words = ['bench', '--growth', '--quick', '--only', 'online,embedded', '--json', json, '--plot', plot]
  const { code, stdout, stderr } = await runChild(words, { env: { TMPDIR: scratch, ...withoutPage } })
  if (code !== 0) throw new Error(`It ended with ${code}:\n${stdout}\n${stderr}`)
  expect(readdirSync(scratch)).toEqual([])

  const report = (await Bun.file(json).json()) as GrowthReport
  expect(report.notes).toEqual([])
  expect(report.axes.map(({ name }) => name)).toEqual(['online'])
  expect(report.points.map(({ axis, size, operation }) => `${axis} ${size} ${operation}`)).toEqual(
    ['online 10', 'online 20'].flatMap((at) => operationNames.map((operation) => `${at} ${operation}`)),
  )
  // Counted, not timed: what is asked of the database does not depend on how many there are. The server does something by itself
  // meanwhile, as the index of searches, which is at most a statement or two for each repetition on a machine that is busy.
  const counts = (operation: string): number[] =>
    report.points
      .filter((point) => point.operation === operation)
      .map(({ statements }) => Math.floor(statements!))
  for (const operation of ['send', 'history', 'resume', 'members'])
    for (const count of counts(operation)) expect(count).toBeLessThanOrEqual(3)
  // Those who come for the first time: session, person, and the four of the greeting.
  for (const count of counts('hello')) expect(count).toBeLessThanOrEqual(8)

  expectTables(stdout, report)
  expectPlot(await Bun.file(plot).text(), report)
})

/** Every axis on both databases, each thing in its own way: flat, linear and between. */
const made: GrowthReport = {
  at: '2026-11-28T20:00:00.000Z',
  tookSeconds: 1,
  machine: { parley: '1', bun: '1', platform: 'p', cpu: 'c', cores: 2, memoryGb: 1, loadAverage: 0 },
  quick: false,
  axes: axesOf(axisNames, false, 20_000),
  databases: ['embedded', 'postgres'],
  points: axesOf(axisNames, false, 20_000).flatMap(({ name: axis, sizes }) =>
    (['embedded', 'postgres'] as const).flatMap((database) =>
      sizes[database].flatMap((size) =>
        operationNames.map((operation, at): Point => {
          const wallMs = 2 * size ** (at / operationNames.length)
          return {
            axis,
            database,
            size,
            operation,
            wallMs,
            medianMs: wallMs,
            cpuMs: 1,
            statements: 1,
            repetitions: 1,
          }
        }),
      ),
    ),
  ),
  load: { least: 1, most: 2 },
  notes: ['Rooms, embedded: ended early'],
}

test('the tables of a whole growth have a row for each operation and database, and say where one stopped', () => {
  const tables = growthTables(made)
  expectTables(tables, made)
  expect(tables).toContain('!!! Rooms, embedded: ended early')
  // The log, the rooms and the people.
  expect(tables.match(/^–: the embedded database stops a step earlier/gm)).toHaveLength(3)
  expect(tables).toMatch(/\| send a message +\| postgres \| 2\.00 \(1\.00\) .*\| 0\.0 \(0\.0\) /)
})

test('the plot of a whole growth is small, and has every operation and axis', () => {
  const svg = plotOf(made)
  expectPlot(svg, made)
  expect(svg.length).toBeLessThan(16_000)
})

test('the slope of a plot is that of its last step', () => {
  const points = made.points.filter(
    ({ axis, database, operation }) => axis === 'people' && database === 'postgres' && operation === 'resume',
  )
  expect(lastSlope(points, ({ wallMs }) => wallMs)).toBeCloseTo(3 / 8)
  expect(lastSlope(points, ({ cpuMs }) => cpuMs)).toBe(0)
  expect(lastSlope(points.slice(0, 1), ({ wallMs }) => wallMs)).toBeUndefined()
})

function expectTables(text: string, { axes, databases, points }: GrowthReport): void {
  for (const { title } of axes) expect(text).toContain(`| ${title} `)
  const rows = text
    .split('\n')
    .filter((line) => Object.values(titles).some((each) => line.startsWith(`| ${each} `)))
  expect(rows).toHaveLength(axes.length * databases.length * operationNames.length)
  for (const row of rows) expect(row).toMatch(/\d \([\d.,]+\)/)
  expect(points.every(({ wallMs, cpuMs }) => wallMs > 0 && cpuMs !== undefined)).toBe(true)
}

function expectPlot(svg: string, { axes, databases }: GrowthReport): void {
  expect(svg).toStartWith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
  expect(svg).toEndWith('</svg>\n')
  expect(svg).toContain('prefers-color-scheme:dark')
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  for (const { title } of axes) expect(svg).toContain(`>${title}</text>`)
  for (const operation of operationNames)
    expect(svg).toContain(`class="b">${titles[operation].replace(/,.*/, '')}<`)
  for (const database of databases) {
    // One is in the legend.
    const lines = [...svg.matchAll(new RegExp(`class="${database} wallMs" d="([^"]+)"`, 'g'))].map(
      ([, path]) => path!.match(/M/g)!.length,
    )
    expect(Math.max(...lines)).toBe(axes.length * operationNames.length)
  }
}
