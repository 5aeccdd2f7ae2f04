import type { Simulation } from './simulate.ts'

const number = (value: number): string => Math.round(value).toLocaleString('en')

/** What was computed and what was counted, for all nodes together, and each figure that differs. */
export function scaleTable({ shape, compared, total, size }: Simulation): string[] {
  const { nodes, bus, rooms, spread, listeners, messages } = shape
  const whats = [...new Set(compared.map(({ what }) => what))]
  const sums = whats.map((what) => {
    const some = compared.filter((each) => each.what === what)
    const sum = (of: 'computed' | 'counted') => some.reduce((before, each) => before + each[of], 0)
    return [
      what,
      number(sum('computed')),
      number(sum('counted')),
      some.every(({ isRight }) => isRight) ? 'yes' : 'NO',
    ]
  })
  const per = (value: number): string => (value / total.rows).toFixed(2)
  const wrong = compared.filter(({ isRight }) => !isRight)
  return [
    `${nodes} nodes, bus over ${bus}, ${rooms} rooms on ${spread} nodes each, ${listeners} sockets a node, ${messages} messages a room`,
    '',
    '| All nodes together | Computed | Counted | Right on each node |',
    '|---|---:|---:|---|',
    ...sums.map((row) => `| ${row.join(' | ')} |`),
    '',
    `A message: ${per(total.notesSent)} notes out, ${per(total.notesReceived)} in, ${per(total.batchesSent)} batches, ` +
      `${number(total.bytesSent / total.rows)} bytes, ${per(total.commits)} commits, ${per(total.statements)} statements, ` +
      `${per(total.deliveries)} deliveries; its event has ${number(size.characters)} characters.`,
    ...wrong.map(
      ({ node, what, computed, counted }) =>
        `WRONG: node ${node + 1}, ${what}: computed ${number(computed)}, counted ${number(counted)}`,
    ),
  ]
}
