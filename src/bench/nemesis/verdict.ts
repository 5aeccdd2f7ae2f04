import type { Violation } from '../check/violation.ts'
import { percentileUs, type Spread } from '../spread.ts'
import { faultNames } from './fault-names.ts'
import { mostMs, type Recovery } from './liveness.ts'
import type { NemesisReport } from './run.ts'

/** The promise that each kind of violation breaks, as the verdict names it. */
const promiseOf: Record<Violation['kind'], string> = {
  lost: 'lost',
  moved: 'lost',
  hole: 'lost',
  doubled: 'doubled',
  'not rising': 'doubled',
  reordered: 'reordered',
  phantom: 'phantom',
  altered: 'phantom',
  unentitled: 'unentitled',
  unheard: 'unheard',
  unresolved: 'unresolved',
}

/** Faults after which sends or listeners were down for longer than promised. */
export const lateOf = ({ recoveries }: NemesisReport): Recovery[] =>
  recoveries.filter(
    ({ sendsMs, listenersMs, disturbed }) => !disturbed && Math.max(sendsMs, listenersMs) > mostMs,
  )

export const isKept = (report: NemesisReport): boolean =>
  report.violations.length === 0 && report.failures.length === 0 && lateOf(report).length === 0

export function verdictOf(report: NemesisReport): string[] {
  const { timeline, violations, failures, struck, recoveries, seed, shape } = report
  const { answers, deliveries } = timeline
  const times = (spread: Spread): string =>
    `${ms(percentileUs(spread, 0.5))}\t${ms(percentileUs(spread, 0.99))}`
  const judged = recoveries.filter(({ disturbed }) => !disturbed)
  const worst = (of: (recovery: Recovery) => number): string =>
    judged.length === 0 ? '–' : seconds(Math.max(...judged.map(of)))
  const late = lateOf(report)
  return [
    `seed ${seed}: ${shape.nodes} nodes, ${((timeline.endedUs - timeline.beganUs) / 60e6).toFixed(1)} minutes, bus ${busOf(report)}`,
    '',
    'Promise\tBroken',
    ...new Set(Object.values(promiseOf))
      .values()
      .map((promise) => `${promise}\t${violations.filter(({ kind }) => promiseOf[kind] === promise).length}`),
    `late\t${late.length}`,
    `other\t${failures.length}`,
    '',
    `sent ${timeline.invoked}, acked ${timeline.acked}, refused ${timeline.refused}, heard ${timeline.heard}, ` +
      `tries without an answer ${timeline.unknown}, members removed and added back ${timeline.removed}`,
    '',
    'Times\tp50\tp99',
    `answers outside of faults\t${times(answers.outside)}`,
    `answers during faults\t${times(answers.during)}`,
    `to another node outside of faults\t${times(deliveries.outside)}`,
    `to another node during faults\t${times(deliveries.during)}`,
    '',
    `After ${judged.length} of ${recoveries.length} faults (no other came within ${mostMs / 1000} s): every node answers within ` +
      `${worst(({ sendsMs }) => sendsMs)}, every listener is at the head within ${worst(({ listenersMs }) => listenersMs)}.`,
    ...late.map(
      ({ fault, sendsMs, listenersMs }) =>
        `LATE after ${fault.name} (${fault.target}) at ${clock(report, fault.endedUs)}: sends ${seconds(sendsMs)}, ` +
        `listeners ${seconds(listenersMs)}`,
    ),
    '',
    'Fault\tTimes\tShown\tSeconds',
    ...faultNames
      .filter((name) => shape.faults.includes(name))
      .map((name) => {
        const mine = struck.filter((each) => each.name === name)
        const lasted = mine.reduce((sum, { beganUs, endedUs }) => sum + endedUs - beganUs, 0) / 1e6
        const why = report.missing.find((each) => each.name === name)?.why
        return why === undefined
          ? `${name}\t${mine.length}\t${mine.filter(({ proof }) => proof).length}\t${lasted.toFixed(1)}`
          : `${name}\tnot here: ${why}`
      }),
    '',
    ...failures.map((failure) => `FAILURE: ${failure}`),
    ...violations.slice(0, mostShown).map(({ kind, what }) => `${kind}: ${what}`),
    ...(violations.length > mostShown ? [`and ${violations.length - mostShown} more`] : []),
    isKept(report) ? 'Every promise was kept.' : 'A PROMISE WAS BROKEN.',
  ]
}

const mostShown = 40

export const busOf = ({ shape }: NemesisReport): string =>
  shape.nodes === 1 ? 'none' : shape.bus === 'redis' ? 'Redis' : 'Postgres'

/** Since the beginning of the run. */
export function clock({ timeline }: NemesisReport, atUs: number): string {
  const since = Math.round((atUs - timeline.beganUs) / 1e6)
  return `${Math.floor(since / 60)}:${String(since % 60).padStart(2, '0')}`
}

const ms = (us: number | undefined): string =>
  us === undefined ? '–' : us < 10_000 ? `${(us / 1000).toFixed(1)} ms` : `${Math.round(us / 1000)} ms`

const seconds = (value: number): string =>
  Number.isFinite(value) ? `${(value / 1000).toFixed(1)} s` : 'never'
