import { figure, markdownTable } from '../table.ts'
import { operationNames, titles } from './operations.ts'
import type { GrowthReport, Point } from './run.ts'
import { lastSlope } from './slope.ts'

/** A table for each axis, for the terminal and for the documentation: "wall ms (CPU ms)" at each size. */
export function growthTables(report: GrowthReport): string {
  const { at, tookSeconds, machine, load, quick, notes } = report
  return [
    `Parley ${machine.parley}, Bun ${machine.bun}, ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.platform}`,
    `${at}, load average ${load.least.toFixed(1)} to ${load.most.toFixed(1)} with the bench itself, took ${tookSeconds.toFixed(0)} s`,
    'Each cell: wall ms of the fastest tenth (CPU ms of Parley). The slopes are those of the last step: 0 is flat, 1 is linear.',
    ...report.axes.flatMap((axis) => ['', ...axisTable(report, axis)]),
    ...notes.map((note) => `!!! ${note}`),
    ...(quick ? ['', 'A quick run only shows that everything works; its figures mean little.'] : []),
  ].join('\n')
}

function axisTable({ points, databases }: GrowthReport, axis: GrowthReport['axes'][number]): string[] {
  const mine = points.filter((point) => point.axis === axis.name)
  const sizes = [...new Set(mine.map(({ size }) => size))].sort((a, b) => a - b)
  const rows = operationNames.flatMap((operation) =>
    databases.flatMap((database) => {
      const some = mine.filter((point) => point.operation === operation && point.database === database)
      if (some.length === 0) return []
      const cells = sizes.map((size) => cellOf(some.find((point) => point.size === size)))
      const slopes = [lastSlope(some, ({ wallMs }) => wallMs), lastSlope(some, ({ cpuMs }) => cpuMs)]
      const last = some.toSorted((a, b) => a.size - b.size).at(-1)
      const slope = `${slopeText(slopes[0])} (${slopeText(slopes[1])})`
      return [[titles[operation], database, ...cells, slope, figure(last?.statements)]]
    }),
  )
  const isShort = sizes.length > axis.sizes.embedded.length && databases.includes('embedded')
  return [
    ...markdownTable(
      [
        axis.title,
        'database',
        ...sizes.map((size) => `${size.toLocaleString('en')} ${axis.unit}`),
        'slope',
        'statements',
      ],
      rows,
    ),
    ...(isShort ? ['', embeddedStops] : []),
  ]
}

/** It would spend most of the run on being filled, in a process that does nothing else meanwhile. */
const embeddedStops =
  '–: the embedded database stops a step earlier, because to fill it further takes too long for this bench.'

const cellOf = (point: Point | undefined): string =>
  point ? `${figure(point.wallMs)} (${figure(point.cpuMs)})` : '–'

const slopeText = (slope: number | undefined): string => (slope === undefined ? '–' : slope.toFixed(1))
