import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownProgram } from '../../own-program.ts'
import type { Violation } from '../check/violation.ts'
import { findViolations } from '../check.ts'
import { monotonicUs } from '../clock.ts'
import { costOf } from '../cost.ts'
import { createDice } from '../dice.ts'
import type { Go, NemesisJob, Ready, Survived } from '../load/job.ts'
import { describeMachine, type Machine } from '../machine.ts'
import { createProcesses } from '../processes.ts'
import { readHistory, readLines } from '../recorded.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { type Cluster, closeCluster, openCluster, type Shape } from './cluster.ts'
import type { FaultName } from './fault-names.ts'
import { faults } from './faults.ts'
import { type Recovery, recoveriesOf } from './liveness.ts'
import { invitePeople } from './people.ts'
import { strikeUntil } from './strikes.ts'
import type { Struck } from './struck.ts'
import { type Timeline, timelineOf } from './timeline.ts'
import { findTrespasses } from './trespass.ts'

export type NemesisReport = {
  at: string
  seed: number
  tookSeconds: number
  machine: Machine
  shape: Shape
  /** Faults that were asked for and cannot be caused here, and why. */
  missing: { name: FaultName; why: string }[]
  struck: Struck[]
  violations: Violation[]
  /** What else must not happen: nodes that ended by themselves, logs that differ. */
  failures: string[]
  recoveries: Recovery[]
  timeline: Timeline
  /** The memory of each node, in bytes. */
  memory: { atUs: number; bytes: (number | undefined)[] }[]
}

type Options = {
  minutes: number
  seed: number
  shape: Shape
  /** A directory to keep the history, the faults and what the nodes wrote; by default they are removed. */
  histories?: string | undefined
  tell(line: string): void
  program?: readonly string[]
}

/** Guests, of whom every second one only listens. */
const guests = 18
const window = 6
const paceMs = 400
/** What the start, the end and the check of a run may take as well. */
const aroundMs = 300_000
/** Peace at the end, in which everything has to work again. */
const quietMs = 6000
const memoryEveryMs = 1000

/** Starts a cluster, talks, breaks it by name, and compares what everybody saw with what is stored. Ends all that it started. */
export async function runNemesis(options: Options): Promise<NemesisReport> {
  const { minutes, seed, shape, tell, program = ownProgram() } = options
  const began = performance.now()
  const at = new Date().toISOString()
  const directory = mkdtempSync(join(tmpdir(), 'parley-nemesis-'))
  const kept = options.histories ?? join(directory, 'kept')
  mkdirSync(kept, { recursive: true })
  const history = join(kept, 'nemesis.jsonl')
  // Files of a run before, to which this one would add.
  const files = [
    'nemesis.jsonl',
    'faults.jsonl',
    ...Array.from({ length: shape.nodes }, (_, at) => `node-${at + 1}.log`),
  ]
  for (const name of files) rmSync(join(kept, name), { force: true })
  const processes = createProcesses(program, directory)
  let cluster: Cluster | undefined
  let report: NemesisReport | undefined

  async function everything(): Promise<void> {
    tell(`seed ${seed}: starting Postgres, ${shape.nodes} nodes and the bus`)
    const opened = await openCluster(processes, directory, kept, shape)
    cluster = opened
    const { nodes, deaths } = opened
    const missing = shape.faults.flatMap((name) => {
      const why = faults[name].missing(opened)
      return why === undefined ? [] : [{ name, why }]
    })
    for (const { name, why } of missing) tell(`WITHOUT ${name}: ${why}`)
    const names = shape.faults.filter((name) => !missing.some((each) => each.name === name))
    const { openRooms } = await invitePeople(processes, opened, guests)
    await Promise.all(nodes.map((node) => node.start()))
    const people = await openRooms()
    const load = processes.help(['bench', 'load'])
    load.tell({
      kind: 'nemesis',
      ...people,
      nodes: nodes.map(({ url }) => url),
      window,
      paceMs,
      seed,
      history,
    } satisfies NemesisJob)
    const { ready } = await load.hear<Ready>()
    if (ready < guests) throw new Error(`Only ${ready} of ${guests} people could connect`)

    const memory: NemesisReport['memory'] = []
    const measure = (): void => {
      const bytes = nodes.map((node) => costOf(node.pid() ?? 0)?.residentBytes)
      memory.push({ atUs: monotonicUs(), bytes })
    }
    const measuring = setInterval(measure, memoryEveryMs)
    const beganUs = monotonicUs()
    const endUs = beganUs + minutes * 60e6
    load.tell({ startUs: beganUs, measureUs: beganUs, endUs } satisfies Go)
    const strikingUntilUs = endUs - quietMs * 1000
    const struck =
      names.length > 0 ? await strikeUntil(opened, names, createDice(seed), strikingUntilUs, tell) : []
    await Bun.sleep(Math.max(quietMs, (endUs - monotonicUs()) / 1000))
    const endedUs = monotonicUs()
    load.tell({ startUs: 0, measureUs: 0, endUs } satisfies Go)
    const { unanswered, differing } = await load.hear<Survived>()
    clearInterval(measuring)
    await load.stop()
    for (const each of struck) appendFileSync(join(kept, 'faults.jsonl'), `${JSON.stringify(each)}\n`)
    tell('comparing what everybody saw with what is stored')
    const everyLine = await readHistory(history)
    const timeline = await timelineOf(readLines(history), { beganUs, endedUs }, struck)
    report = {
      at,
      seed,
      tookSeconds: (performance.now() - began) / 1000,
      machine: describeMachine(),
      shape,
      missing,
      struck,
      violations: [...findViolations(everyLine), ...findTrespasses(everyLine, struck)],
      failures: [
        ...deaths,
        ...differing,
        ...(unanswered > 0 ? [`${unanswered} sends without an answer`] : []),
      ],
      recoveries: recoveriesOf(timeline, struck, nodes.length),
      timeline,
      memory,
    }
  }

  await untilInterrupted(processes, minutes * 60_000 + aroundMs, everything, async () => {
    if (cluster) await closeCluster(cluster)
    rmSync(directory, { recursive: true, force: true })
  })
  return report!
}
