import { monotonicUs, sleepUntilUs } from './clock.ts'
import { costOf } from './cost.ts'
import { type Buckets, readBuckets, since } from './figures.ts'
import type { Go, Job, Ready, Result } from './load/job.ts'
import type { Helper, Processes } from './processes.ts'
import { merge, percentileUs } from './spread.ts'

/** The server under load: its address, and the process to measure. */
export type Subject = { pid: number; url: string }

export type Figures = {
  messagesPerSecond: number
  deliveriesPerSecond: number
  cpuUsPerMessage: number | undefined
  cpuUsPerDelivery: number | undefined
  /** As a share of one processor core. */
  cpu: number | undefined
  p50Ms: number | undefined
  p99Ms: number | undefined
  loadCpu: number
}

export type Round = {
  figures: Figures
  /** How late the server's timers came; absent if it has no metrics. */
  stalls?: Buckets
  /** Errors of the run, in words. */
  faults: string[]
}

const leadMs = 30
const stallSeries = 'parley_event_loop_delay_seconds'

/** Runs jobs against one server, all at once, and measures both over the same time. */
export async function runRound(
  processes: Processes,
  subject: Subject,
  jobs: Job[],
  times: { warmMs: number; measureMs: number; tellsStalls: boolean },
): Promise<Round> {
  const loads = jobs.map(() => processes.help(['bench', 'load']))
  try {
    const readies = await Promise.all(loads.map((load, index) => prepare(load, jobs[index]!)))
    const startUs = monotonicUs() + leadMs * 1000
    const measureUs = startUs + times.warmMs * 1000
    const endUs = measureUs + times.measureMs * 1000
    for (const load of loads) load.tell({ startUs, measureUs, endUs } satisfies Go)

    await sleepUntilUs(measureUs)
    const before = sample(subject)
    const stallsBefore = times.tellsStalls ? await stallsOf(subject) : undefined
    await sleepUntilUs(endUs)
    const after = sample(subject)
    const stallsAfter = times.tellsStalls ? await stallsOf(subject) : undefined

    const results = await Promise.all(loads.map((load) => load.hear<Result>()))
    return {
      figures: figuresOf(results, before, after),
      ...(stallsBefore && stallsAfter ? { stalls: since(stallsBefore, stallsAfter) } : {}),
      faults: faultsOf(jobs, readies, results),
    }
  } finally {
    await Promise.all(loads.map((load) => load.stop()))
  }
}

async function prepare(load: Helper, job: Job): Promise<Ready> {
  load.tell(job)
  return load.hear<Ready>()
}

const sample = ({ pid }: Subject) => ({ us: monotonicUs(), cost: costOf(pid) })

async function stallsOf({ url }: Subject): Promise<Buckets> {
  const response = await fetch(`${url}/metrics`)
  return readBuckets(await response.text(), stallSeries)
}

type Sample = ReturnType<typeof sample>

function figuresOf(results: readonly Result[], before: Sample, after: Sample): Figures {
  const perSecond = (of: (result: Result) => number): number =>
    results.reduce((sum, result) => sum + (result.seconds > 0 ? of(result) / result.seconds : 0), 0)
  const messagesPerSecond = perSecond(({ messages }) => messages)
  const deliveriesPerSecond = perSecond(({ deliveries }) => deliveries)
  const seconds = (after.us - before.us) / 1e6
  const cpu =
    before.cost && after.cost ? (after.cost.cpuSeconds - before.cost.cpuSeconds) / seconds : undefined
  const latency = merge(results.map(({ latency }) => latency))
  const ms = (us: number | undefined): number | undefined => (us === undefined ? undefined : us / 1000)
  const per = (rate: number): number | undefined =>
    cpu === undefined || rate === 0 ? undefined : (cpu * 1e6) / rate
  return {
    messagesPerSecond,
    deliveriesPerSecond,
    cpuUsPerMessage: per(messagesPerSecond),
    cpuUsPerDelivery: per(deliveriesPerSecond),
    cpu,
    p50Ms: ms(percentileUs(latency, 0.5)),
    p99Ms: ms(percentileUs(latency, 0.99)),
    loadCpu: perSecond(({ loadCpuSeconds }) => loadCpuSeconds),
  }
}

function faultsOf(jobs: readonly Job[], readies: readonly Ready[], results: readonly Result[]): string[] {
  const total = (of: (result: Result) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0)
  const expected = jobs.reduce((sum, job) => sum + sizeOf(job), 0)
  const joined = readies.reduce((sum, { ready }) => sum + ready, 0)
  const failure =
    readies.find(({ failure }) => failure)?.failure ??
    results.find(({ firstClose }) => firstClose)?.firstClose
  const counts: [number, string][] = [
    [expected - joined, `could not join (${failure})`],
    [total(({ missed }) => missed), 'missed'],
    [total(({ doubled }) => doubled), 'doubled or out of order'],
    [total(({ unanswered }) => unanswered), 'unanswered'],
    [total(({ refused }) => refused), 'refused'],
    [total(({ closed }) => closed), `closed (${failure})`],
    [behind(results), 'not received by everyone at the end'],
  ]
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}

function sizeOf(job: Job): number {
  if (job.kind === 'rooms') return job.seats.length
  return job.kind === 'pages' ? job.readers : job.guests.length
}

/** Sockets of one room must end at the same seq, even in different load processes. */
function behind(results: readonly Result[]): number {
  const rooms = new Set(results.flatMap(({ ends }) => Object.keys(ends)))
  let missing = 0
  for (const room of rooms) {
    const ends = results.flatMap(({ ends }) => ends[room] ?? [])
    const newest = Math.max(...ends.map((end) => end.newest))
    missing += ends.reduce((sum, end) => sum + newest * end.sockets - end.sum, 0)
  }
  return missing
}
