import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownProgram } from '../own-program.ts'
import type { Violation } from './check/violation.ts'
import { openCommunity } from './community.ts'
import { describeMachine, type Machine } from './machine.ts'
import { type Measurement, measurementOf } from './measurement.ts'
import { type DatabaseKind, embeddedPlace, type Place, postgresPlace } from './place.ts'
import type { Plan } from './plan.ts'
import { createProcesses } from './processes.ts'
import { runReturn } from './return.ts'
import type { Round, Subject } from './round.ts'
import { crowdRooms, runCrowd, runHistory, runIdle, runMixed, type Stage } from './scenes.ts'
import { membersOf } from './seats.ts'
import { type Verdict, verdictsOn } from './targets.ts'
import { untilInterrupted } from './until-interrupted.ts'

export type Report = {
  at: string
  tookSeconds: number
  machine: Machine
  plan: Plan
  databases: DatabaseKind[]
  measurements: Measurement[]
  verdicts: Verdict[]
  violations: Violation[]
}

/** Ends a bench that got stuck. */
const mostMs = 900_000

type Options = {
  plan: Plan
  /** A Postgres server on which we may create databases. */
  postgresUrl?: string | undefined
  databases: readonly DatabaseKind[]
  /** A directory to keep the recorded histories; by default they are removed at the end. */
  histories?: string | undefined
  tell(line: string): void
  program?: readonly string[]
}

/** Starts servers, drives them from other processes, and ends everything it started. */
export async function runBench({
  plan,
  postgresUrl,
  databases,
  histories,
  tell,
  program = ownProgram(),
}: Options): Promise<Report> {
  const began = performance.now()
  const at = new Date().toISOString()
  const machine = describeMachine()
  const directory = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  const recorded = histories ?? join(directory, 'histories')
  mkdirSync(recorded, { recursive: true })
  const processes = createProcesses(program, directory)
  const stage: Stage = { processes, plan, tell }
  const places: Place[] = []
  const measurements: Measurement[] = []
  const violations: Violation[] = []

  async function everything(): Promise<void> {
    measurements.push(...(await runRaw(stage)))
    if (databases.includes('embedded')) places.push(embeddedPlace(directory))
    if (postgresUrl && databases.includes('postgres'))
      places.push(await postgresPlace(postgresUrl, directory))
    for (const place of places) {
      const found = await runDatabase(stage, place, recorded)
      measurements.push(...found.measurements)
      violations.push(...found.violations)
    }
  }

  const limitMs = mostMs * Math.max(1, plan.rounds / 3)
  await untilInterrupted(processes, limitMs, everything, async () => {
    for (const place of places) await place.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    at,
    tookSeconds: (performance.now() - began) / 1000,
    machine,
    plan,
    databases: places.map(({ kind }) => kind),
    measurements,
    // The targets are for a full run.
    verdicts: plan.quick ? [] : verdictsOn(measurements),
    violations,
  }
}

/** The limit of fan-out, which does not depend on the database. */
async function runRaw(stage: Stage): Promise<Measurement[]> {
  const { processes, plan, tell } = stage
  const raw = processes.help(['bench', 'raw'])
  const subject = await subjectOf(raw)
  const measurements: Measurement[] = []
  if (plan.scenarios.includes('idle')) measurements.push(await runIdle(stage, subject, 'raw'))
  for (const crowd of plan.crowds) {
    tell(`raw: ${crowd.title}`)
    const rounds: Round[] = []
    for (let round = 0; round < plan.rounds; round++)
      rounds.push(await runCrowd(stage, crowd, subject, 'raw'))
    measurements.push(measurementOf({ scenario: crowd.name, title: crowd.title, who: 'raw' }, rounds))
  }
  await raw.stop()
  return measurements
}

async function runDatabase(stage: Stage, place: Place, histories: string) {
  const { processes, plan, tell } = stage
  const { kind: database } = place
  tell(`${database}: starting`)
  const community = await openCommunity(processes, place, plan)
  const { server } = community
  const limit = processes.help(['bench', 'limit'], place.limitEnv)
  const limitSubject = await subjectOf(limit)
  const measurements: Measurement[] = []

  if (plan.scenarios.includes('idle')) {
    tell(`${database}: ${plan.idleSockets} idle sockets`)
    measurements.push(await runIdle(stage, server, 'Parley', community, database))
  }
  for (const crowd of plan.crowds) {
    await community.makeRooms(crowdRooms(crowd), membersOf(crowd, community.people))
    const limits: Round[] = []
    const rounds: Round[] = []
    for (let round = 0; round < plan.rounds; round++) {
      tell(`${database}: ${crowd.title}, round ${round + 1} of ${plan.rounds}`)
      // Run both in direct succession, so that other load on the machine affects both.
      limits.push(await runCrowd(stage, crowd, limitSubject, 'limit'))
      rounds.push(await runCrowd(stage, crowd, server, 'Parley', community))
    }
    const about = { scenario: crowd.name, title: crowd.title, database }
    measurements.push(
      measurementOf({ ...about, who: 'limit' }, limits),
      measurementOf({ ...about, who: 'Parley' }, rounds),
    )
  }
  await limit.stop()
  if (plan.scenarios.includes('history')) {
    tell(`${database}: history pages`)
    measurements.push(await runHistory(stage, community, database))
  }
  const violations: Violation[] = []
  if (plan.scenarios.includes('mixed')) {
    tell(`${database}: mixed, recorded and checked`)
    const mixed = await runMixed(stage, community, database, histories)
    measurements.push(mixed.measurement)
    violations.push(...mixed.violations)
  }
  if (!plan.scenarios.includes('return')) {
    await server.stop()
    return { measurements, violations }
  }
  tell(`${database}: everybody comes back after a restart, recorded and checked`)
  const back = await runReturn(stage, place, community, histories)
  await back.server.stop()
  measurements.push(back.measurement)
  return { measurements, violations: [...violations, ...back.violations] }
}

async function subjectOf(helper: { pid: number; hear<Answer>(): Promise<Answer> }): Promise<Subject> {
  const { port } = await helper.hear<{ port: number }>()
  return { pid: helper.pid, url: `http://127.0.0.1:${port}` }
}
