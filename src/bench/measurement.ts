import { medians, quantileOf, together } from './figures.ts'
import type { DatabaseKind } from './place.ts'
import type { ScenarioName } from './plan.ts'
import type { Figures, Round } from './round.ts'

export type Who = 'Parley' | 'limit' | 'raw'

/** What it costs that everybody comes back; the last four for each person. */
export type ReturnFigures = {
  people: number
  /** From the moment in which the server is ready again until the last person is back in all rooms. */
  seconds: number
  cpuMs: number | undefined
  statements: number | undefined
  presenceEvents: number
  /** By how much the server's resident memory has grown: sockets, everything loaded for them, and compiled code. */
  kbPerSocket: number | undefined
}

/** One scenario on one server: all rounds and the medians. */
export type Measurement = {
  scenario: ScenarioName
  title: string
  who: Who
  /** Absent if nothing is stored. */
  database?: DatabaseKind
  rounds: Figures[]
  median: Partial<Figures>
  /** Over all rounds, 99 of 100 timers were less late than this. */
  stallP99Ms?: number
  kbPerSocket?: number
  /** The figures of the scenario return. */
  back?: Partial<ReturnFigures>
  faults: string[]
}

type About = Pick<Measurement, 'scenario' | 'title' | 'who'> & { database?: DatabaseKind }

export function measurementOf(about: About, rounds: readonly Round[]): Measurement {
  const figures = rounds.map(({ figures }) => figures)
  const stalls = rounds.flatMap(({ stalls }) => stalls ?? [])
  const p99 = quantileOf(together(stalls), 0.99)
  return {
    ...about,
    rounds: figures,
    median: medians(figures),
    ...(p99 === undefined ? {} : { stallP99Ms: p99 * 1000 }),
    faults: rounds.flatMap(({ faults }) => faults),
  }
}
