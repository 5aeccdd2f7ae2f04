import { percentileUs, type Spread } from '../spread.ts'
import { faultNames } from './fault-names.ts'
import { type Band, escaped, minutes, plotOf, type Series, timeAxis } from './plot.ts'
import type { NemesisReport } from './run.ts'
import { isKept, verdictOf } from './verdict.ts'

/** One page that needs nothing else: what was broken and when, and what that did. Readable on a phone, in light and in dark. */
export function pageOf(report: NemesisReport): string {
  const { timeline, struck, memory, seed, shape, machine, at } = report
  const seconds = (timeline.endedUs - timeline.beganUs) / 1e6
  const since = (atUs: number): number => (atUs - timeline.beganUs) / 1e6
  const bands: Band[] = struck.map(({ name, target, beganUs, endedUs }) => ({
    from: since(beganUs),
    to: since(endedUs),
    title: `${name}: ${target}`,
  }))
  const overTime = (
    name: string,
    of: (bin: (typeof timeline.bins)[number]) => number | undefined,
  ): Series => ({
    name,
    points: timeline.bins.map((bin, index) => {
      const value = of(bin)
      return value === undefined ? undefined : [((index + 0.5) * timeline.binUs) / 1e6, value]
    }),
  })
  const inMs = (spread: Spread, part: number): number | undefined => {
    const us = percentileUs(spread, part)
    return us === undefined ? undefined : us / 1000
  }
  const shared = { bands, seconds }
  const plots = [
    plotOf({
      ...shared,
      title: 'From sending to the answer, retries included',
      series: [
        overTime('p50', ({ answers }) => inMs(answers, 0.5)),
        overTime('p99', ({ answers }) => inMs(answers, 0.99)),
      ],
      unit: 'ms',
      logarithmic: true,
    }),
    shape.nodes > 1 &&
      plotOf({
        ...shared,
        title: 'From sending on one node to a listener on another',
        series: [
          overTime('p50', ({ deliveries }) => inMs(deliveries, 0.5)),
          overTime('p99', ({ deliveries }) => inMs(deliveries, 0.99)),
        ],
        unit: 'ms',
        logarithmic: true,
      }),
    plotOf({
      ...shared,
      title: 'Messages acknowledged',
      series: [overTime('all nodes', ({ acks }) => acks / (timeline.binUs / 1e6))],
      unit: '/s',
    }),
    plotOf({
      ...shared,
      title: 'Resident memory',
      series: Array.from({ length: shape.nodes }, (_, node) => ({
        name: `node ${node + 1}`,
        points: memory
          .filter(({ atUs }) => atUs <= timeline.endedUs)
          .map(({ atUs, bytes }) => {
            const value = bytes[node]
            return value === undefined || Number.isNaN(value) ? undefined : [since(atUs), value / 2 ** 20]
          }),
      })),
      unit: 'MB',
    }),
  ]
  const word = isKept(report) ? 'Every promise was kept' : 'A promise was broken'
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Parley nemesis, seed ${seed}: ${word}</title>`,
    `<style>${style}</style></head><body><main>`,
    `<h1 class="${isKept(report) ? 'kept' : 'broken'}">${word}</h1>`,
    `<p>${escaped(
      `Parley ${machine.parley}, ${at.slice(0, 16).replace('T', ' ')} UTC, ${machine.cores} cores (${machine.cpu}), ` +
        `load average ${machine.loadAverage.toFixed(1)}. Shaded: the time of a fault.`,
    )}</p>`,
    lanesOf(report, bands, seconds),
    ...plots.filter((plot) => plot !== false),
    '<h2>Verdict</h2>',
    tablesOf(verdictOf(report)),
    '<h2>Every fault</h2><div class="wide"><table><tr><th>At</th><th>Fault</th><th>Where</th><th>Seconds</th><th>Shown by</th></tr>',
    ...[...struck]
      .sort((one, other) => one.beganUs - other.beganUs)
      .map(({ name, target, beganUs, endedUs, proof }) =>
        row([
          minutes(since(beganUs)),
          name,
          target,
          ((endedUs - beganUs) / 1e6).toFixed(1),
          proof ?? 'nothing: it may not have happened',
        ]),
      ),
    '</table></div></main></body></html>\n',
  ].join('\n')
}

/** A lane for each kind of fault. */
function lanesOf({ shape, struck }: NemesisReport, bands: readonly Band[], seconds: number): string {
  const percent = (value: number): string => `${((value / seconds) * 100).toFixed(2)}%`
  const lanes = faultNames
    .filter((name) => shape.faults.includes(name))
    .map((name) => {
      const marks = bands
        .filter((_, index) => struck[index]!.name === name)
        .map(
          ({ from, to, title }) =>
            `<i style="left:${percent(from)};width:${percent(to - from)}" title="${escaped(title)}"></i>`,
        )
      return `<div class="lane"><span>${name}</span>${marks.join('')}</div>`
    })
  return `<figure><figcaption>Faults</figcaption>${lanes.join('\n')}${timeAxis(seconds)}</figure>`
}

const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`

/** The lines of the verdict: those with tabs are rows of tables. */
function tablesOf(lines: readonly string[]): string {
  const parts: string[] = []
  let rows: string[] = []
  const end = (): void => {
    if (rows.length > 0) parts.push(`<div class="wide"><table>${rows.join('')}</table></div>`)
    rows = []
  }
  for (const line of lines) {
    if (line.includes('\t')) rows.push(row(line.split('\t')))
    else {
      end()
      if (line !== '') parts.push(`<p>${escaped(line)}</p>`)
    }
  }
  end()
  return parts.join('\n')
}

const style = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--page:#fff;--grid:#8883;--band:#cf222e22;--mark:#cf222e;
--a:#0a58ca;--b:#b35900;--c:#1a7f37;--d:#8250df;--side:4.2rem}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--page:#0d1117;--band:#f8514933;--mark:#ff7b72;
--a:#79c0ff;--b:#ffa657;--c:#7ee787;--d:#d2a8ff}}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:.5rem 0}h1.broken{color:var(--mark)}h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.4rem 0}figure{margin:1.5rem 0}figcaption{font-weight:600}
.legend{color:var(--soft);font-size:13px}.key{white-space:nowrap;margin-right:1rem}
.key::before{content:"";display:inline-block;width:1.2em;border-top:3px solid var(--k);margin-right:.4em;vertical-align:.25em}
.key-0{--k:var(--a)}.key-1{--k:var(--b)}.key-2{--k:var(--c)}.key-3{--k:var(--d)}
.plot{position:relative;height:11rem;margin-left:var(--side)}.plot svg{width:100%;height:100%;display:block}
.line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}.grid{stroke:var(--grid);vector-effect:non-scaling-stroke}
.line-0{stroke:var(--a)}.line-1{stroke:var(--b)}.line-2{stroke:var(--c)}.line-3{stroke:var(--d)}
.band{fill:var(--band)}
.y{position:absolute;left:calc(-1*var(--side));transform:translateY(-50%);font-size:12px;color:var(--soft);line-height:1}
.x{display:flex;justify-content:space-between;font-size:12px;color:var(--soft);margin:.2rem 0 0 var(--side)}
.lane{position:relative;margin-left:var(--side);height:1.4rem;border-bottom:1px solid var(--grid);font-size:12px}
.lane span{position:absolute;left:calc(-1*var(--side));top:.1rem;color:var(--soft)}
.lane i{position:absolute;top:.2rem;height:1rem;min-width:3px;background:var(--mark);opacity:.75;border-radius:2px}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.6rem 0;font-variant-numeric:tabular-nums}
td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--grid);vertical-align:top}
td:not(:first-child){white-space:nowrap}
`
