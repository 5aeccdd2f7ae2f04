import { operationNames, titles } from './operations.ts'
import type { GrowthReport, Point } from './run.ts'

const left = 176
const top = 46
const cell = { width: 132, gap: 18 }
/** The same in all rows, so that what is linear is equally steep everywhere. */
const perDecade = 26
const rowGap = 20

/** Rows of operations, columns of axes, both scales logarithmic. Small, and readable on a light and on a dark page. */
export function plotOf({ points, axes }: GrowthReport): string {
  const rows = rowsOf(points)
  const height = rows.at(-1)!.bottom + 34
  const width = left + axes.length * (cell.width + cell.gap)
  const lines: Record<string, string[]> = {}
  const texts: string[] = []
  for (const [column, axis] of axes.entries()) {
    const x = left + column * (cell.width + cell.gap)
    const sizes = points.filter((point) => point.axis === axis.name).map(({ size }) => size)
    const range = { least: Math.min(...sizes), most: Math.max(...sizes) }
    texts.push(text(x, 32, axis.title))
    texts.push(text(x, height - 18, short(range.least)))
    texts.push(text(x + cell.width, height - 18, short(range.most), 'end'))
    for (const row of rows) {
      for (let decade = row.from; decade <= row.to; decade++) {
        const y = row.bottom - (decade - row.from) * perDecade
        add(lines, 'grid', `M${x} ${y}h${cell.width}`)
        if (column === 0) texts.push(text(left - 6, y + 4, duration(10 ** decade), 'end'))
      }
      const mine = points.filter((point) => point.axis === axis.name && point.operation === row.operation)
      for (const [name, path] of pathsOf(mine, x, range, row)) add(lines, name, path)
    }
  }
  for (const { operation, bottom, height } of rows)
    texts.push(
      `<text x="4" y="${Math.round(bottom - height / 2 + 4)}" class="b">${titles[operation].replace(/,.*/, '')}</text>`,
    )
  const legend = ['embedded', 'postgres'].flatMap((database, at) => [
    `<path class="${database} wallMs" d="M${left + at * 260} 10h24"/>`,
    text(left + at * 260 + 30, 14, `${database}, wall`),
    `<path class="${database} cpuMs" d="M${left + at * 260 + 126} 10h24"/>`,
    text(left + at * 260 + 156, 14, 'CPU of Parley'),
  ])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui,sans-serif" font-size="11">`,
    '<title>What each thing costs while a community grows: milliseconds by size, both logarithmic</title>',
    `<style>${style}</style>`,
    ...Object.entries(lines).map(([name, paths]) => `<path class="${name}" d="${paths.join('')}"/>`),
    ...legend,
    ...texts,
    '</svg>\n',
  ].join('\n')
}

type Row = { from: number; bottom: number }

/** A line for each database and kind of time, under its class. */
function pathsOf(points: readonly Point[], x: number, range: { least: number; most: number }, row: Row) {
  const paths: [string, string][] = []
  for (const database of ['embedded', 'postgres'] as const)
    for (const kind of ['wallMs', 'cpuMs'] as const) {
      const places = points
        .filter((point) => point.database === database && (point[kind] ?? 0) > 0)
        .sort((a, b) => a.size - b.size)
        .map((point) => {
          const part = Math.log(point.size / range.least) / Math.log(range.most / range.least)
          const level = Math.log10(point[kind]!) - row.from
          return `${Math.round(x + part * cell.width)} ${Math.round(row.bottom - level * perDecade)}`
        })
      if (places.length > 1) paths.push([`${database} ${kind}`, `M${places.join('L')}`])
    }
  return paths
}

const style =
  'text{fill:#1f2328}.b{font-weight:600}path{fill:none;stroke-width:2}.grid{stroke:#8884;stroke-width:1}' +
  '.embedded{stroke:#b35900}.postgres{stroke:#0a58ca}.cpuMs{stroke-dasharray:3 3;stroke-width:1.5}' +
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.embedded{stroke:#ffa657}.postgres{stroke:#79c0ff}}'

function rowsOf(points: readonly Point[]) {
  let bottom = top
  return operationNames.flatMap((operation) => {
    const values = points
      .filter((point) => point.operation === operation)
      .flatMap(({ wallMs, cpuMs }) => [wallMs, cpuMs ?? wallMs])
      .filter((value) => value > 0)
    if (values.length === 0) return []
    const from = Math.floor(Math.log10(Math.min(...values)))
    const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))))
    const height = (to - from) * perDecade
    bottom += height + rowGap
    return [{ operation, from, to, height, bottom }]
  })
}

function add(lines: Record<string, string[]>, name: string, path: string): void {
  lines[name] ??= []
  lines[name].push(path)
}

const text = (x: number, y: number, words: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${words}</text>`

/** Without the rounding errors of powers of ten. */
const duration = (ms: number): string => (ms >= 1000 ? `${short(ms / 1000)} s` : `${+ms.toPrecision(1)} ms`)

/** 10k for 10,000. */
function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`
  return value >= 1000 ? `${value / 1000}k` : String(value)
}
