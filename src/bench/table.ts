import type { Measurement } from './measurement.ts'
import type { Report } from './run.ts'

/** The report as text, for the terminal and for the documentation. */
export function tablesOf({
  at,
  tookSeconds,
  machine,
  plan,
  databases,
  measurements,
  verdicts,
  violations,
}: Report): string {
  const rounds = plan.rounds === 1 ? '1 round' : `medians of ${plan.rounds} rounds`
  const faults = measurements.flatMap(({ title, who, database, faults }) =>
    faults.map((fault) => `!!! ${database ?? ''} ${who}, ${title}: ${fault}`),
  )
  return [
    `Parley ${machine.parley}, Bun ${machine.bun}, ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.platform}`,
    `${at}, load average before ${machine.loadAverage.toFixed(2)}, ${rounds} of ${plan.measureMs / 1000} s, took ${tookSeconds.toFixed(0)} s`,
    '',
    ...sectionOf(measurementHeads, measurements.filter(({ back }) => !back).map(rowOf)),
    ...returnRows(measurements),
    ...verdictRows(verdicts),
    ...(plan.quick ? ['A quick run only shows that everything works; its figures mean little.'] : []),
    ...faults,
    `${violations.length} violations of the promise in the recorded histories (${databases.join(' and ')})`,
    ...(databases.includes('postgres')
      ? []
      : [
          '!!! POSTGRES WAS NOT MEASURED: set DATABASE_URL or TEST_DATABASE_URL to a server on which bench may create databases.',
        ]),
  ].join('\n')
}

function returnRows(measurements: readonly Measurement[]): string[] {
  const rows = measurements.flatMap(({ title, database, back }) =>
    back
      ? [
          [
            title,
            database ?? 'none',
            ...[back.seconds, back.cpuMs, back.statements, back.presenceEvents, back.kbPerSocket].map(figure),
          ],
        ]
      : [],
  )
  const heads = [
    'after a restart',
    'database',
    'seconds',
    'CPU ms/person',
    'statements/person',
    'presence events/person',
    'KB/person',
  ]
  return sectionOf(heads, rows)
}

/** A table and an empty line behind it, if there are rows. */
const sectionOf = (heads: readonly string[], rows: string[][]): string[] =>
  rows.length === 0 ? [] : [...markdownTable(heads, rows), '']

function verdictRows(verdicts: Report['verdicts']): string[] {
  if (verdicts.length === 0) return []
  const heads = ['measure', 'database', 'must', 'aim', 'measured', '']
  const rows = verdicts.map(({ measure, database, must, aim, value, verdict }) => [
    measure,
    database,
    must,
    aim,
    figure(value),
    verdict,
  ])
  return [...markdownTable(heads, rows), '']
}

const measurementHeads = [
  'scenario',
  'database',
  'server',
  'messages/s',
  'deliveries/s',
  'CPU µs/msg',
  'CPU µs/deliv.',
  'p50 ms',
  'p99 ms',
  'stall p99 ms',
  'CPU',
  'load CPU',
  'KB/socket',
]

function rowOf({ title, database, who, median, stallP99Ms, kbPerSocket }: Measurement): string[] {
  const { messagesPerSecond, deliveriesPerSecond, cpuUsPerMessage, cpuUsPerDelivery } = median
  return [
    ...[title, database ?? 'none', who],
    ...[
      ...[messagesPerSecond, deliveriesPerSecond, cpuUsPerMessage, cpuUsPerDelivery],
      ...[median.p50Ms, median.p99Ms, stallP99Ms, median.cpu, median.loadCpu, kbPerSocket],
    ].map(figure),
  ]
}

/** Three significant digits. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** A Markdown table with aligned figures. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((head, column) =>
    Math.max(3, head.length, ...rows.map((row) => row[column]!.length)),
  )
  const isFigure = heads.map((_, column) => rows.every((row) => /^[\d.,-]*$/.test(row[column]!)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (isFigure[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (isFigure[column] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [line(heads), rule, ...rows.map(line)]
}
