import type { Measurement, Who } from './measurement.ts'
import type { DatabaseKind } from './place.ts'
import type { ScenarioName } from './plan.ts'
import type { Figures } from './round.ts'

/** One target for speed, and the result. */
export type Verdict = {
  measure: string
  database: DatabaseKind
  must: string
  aim: string
  value: number
  verdict: 'missed' | 'kept' | 'aim reached'
}

type Target = {
  measure: string
  /** Only for this database. */
  database?: DatabaseKind
  atLeast: boolean
  must: number
  aim: number
  unit?: string
  value(find: Find): number | undefined
}

type Find = (scenario: ScenarioName, who: Who) => Measurement | undefined

/** Parley's figure as a multiple of the limit's in the same run. */
const ratio =
  (scenario: ScenarioName, figure: keyof Figures) =>
  (find: Find): number | undefined => {
    const [own, limit] = [find(scenario, 'Parley'), find(scenario, 'limit')].map(
      (each) => each?.median[figure],
    )
    return own === undefined || limit === undefined ? undefined : own / limit
  }

const targets: Target[] = [
  {
    measure: 'many rooms: stored messages/s ÷ limit',
    atLeast: true,
    must: 0.5,
    aim: 0.8,
    value: ratio('many', 'messagesPerSecond'),
  },
  {
    measure: 'many rooms: CPU per message ÷ limit',
    atLeast: false,
    must: 4,
    aim: 2,
    value: ratio('many', 'cpuUsPerMessage'),
  },
  ...(['hundred', 'thousand'] as const).flatMap((scenario): Target[] => {
    const title = scenario === 'hundred' ? '1 room × 100' : '1 room × 1,000'
    return [
      {
        measure: `${title}: deliveries/s ÷ limit`,
        atLeast: true,
        must: 0.5,
        aim: 0.9,
        value: ratio(scenario, 'deliveriesPerSecond'),
      },
      {
        measure: `${title}: CPU per delivery ÷ limit`,
        atLeast: false,
        must: 2,
        aim: 1.2,
        value: ratio(scenario, 'cpuUsPerDelivery'),
      },
    ]
  }),
  {
    measure: 'idle socket, memory',
    atLeast: false,
    must: 8,
    aim: 3,
    unit: 'KB',
    value: (find) => find('idle', 'Parley')?.kbPerSocket,
  },
  {
    measure: 'many rooms: stored messages/s, each fsynced',
    database: 'embedded',
    atLeast: true,
    must: 10_000,
    aim: 30_000,
    value: (find) => find('many', 'Parley')?.median.messagesPerSecond,
  },
  {
    measure: 'history pages of 50 a second of one core',
    atLeast: true,
    must: 2000,
    aim: 5000,
    value(find) {
      const costUs = find('history', 'Parley')?.median.cpuUsPerMessage
      return costUs === undefined ? undefined : 1e6 / costUs
    },
  },
  {
    measure: 'event loop stall under full load, p99',
    atLeast: false,
    must: 20,
    aim: 5,
    unit: 'ms',
    value: (find) => find('many', 'Parley')?.stallP99Ms,
  },
]

/** Compares the measurements with the targets, and leaves out targets without a measurement. */
export function verdictsOn(measurements: readonly Measurement[]): Verdict[] {
  const databases = [...new Set(measurements.flatMap(({ database }) => database ?? []))]
  return databases.flatMap((database) => {
    const find: Find = (scenario, who) =>
      measurements.find(
        (each) => each.scenario === scenario && each.who === who && each.database === database,
      )
    return targets
      .filter((target) => target.database === undefined || target.database === database)
      .flatMap((target) => {
        const value = target.value(find)
        return value === undefined ? [] : [judge(target, value, database)]
      })
  })
}

function judge(target: Target, value: number, database: DatabaseKind): Verdict {
  const { measure, atLeast, must, aim, unit } = target
  const reaches = (target: number): boolean => (atLeast ? value >= target : value <= target)
  const words = (target: number): string =>
    `${atLeast ? '≥' : '≤'} ${target.toLocaleString('en')}${unit ? ` ${unit}` : ''}`
  return {
    measure,
    database,
    must: words(must),
    aim: words(aim),
    value,
    verdict: reaches(aim) ? 'aim reached' : reaches(must) ? 'kept' : 'missed',
  }
}
