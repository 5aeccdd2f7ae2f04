import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownProgram } from '../../own-program.ts'
import { describeMachine, type Machine } from '../machine.ts'
import { type DatabaseKind, embeddedPlace, type Place, postgresPlace } from '../place.ts'
import { createProcesses, type Processes } from '../processes.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { type Axis, type AxisName, axesOf } from './axes.ts'
import type { Cost, Times } from './meter.ts'
import type { OperationName } from './operations.ts'
import type { Seeded, SeedJob } from './seed.ts'
import { measureSize } from './size.ts'

export type Point = Cost & {
  axis: AxisName
  database: DatabaseKind
  size: number
  operation: OperationName
}

export type GrowthReport = {
  at: string
  tookSeconds: number
  machine: Machine
  quick: boolean
  axes: Pick<Axis, 'name' | 'title' | 'unit' | 'sizes'>[]
  databases: DatabaseKind[]
  points: Point[]
  /** The load average of the machine at each size, the least and the most. */
  load: { least: number; most: number }
  /** What was not measured, and why. */
  notes: string[]
}

type Options = {
  quick: boolean
  axes: readonly AxisName[]
  databases: readonly DatabaseKind[]
  /** A Postgres server on which we may create databases. */
  postgresUrl?: string | undefined
  openFiles: number
  tell(line: string): void
  program?: readonly string[]
}

/** Ends a bench that got stuck. */
const mostMs = { quick: 240_000, full: 7_200_000 }
/** An axis ends where to reach its next size would take longer than this. */
const mostSeedMs = 1_200_000
const spareFiles = 400
const times: Record<'quick' | 'full', Times> = {
  quick: { rounds: 1, repetitions: 5, roundMs: 1000 },
  full: { rounds: 3, repetitions: 40, roundMs: 1000 },
}

/** Measures what each thing costs while one thing of a community grows. Ends everything that it started. */
export async function runGrowth({
  quick,
  axes: names,
  databases,
  postgresUrl,
  openFiles,
  tell,
  program = ownProgram(),
}: Options): Promise<GrowthReport> {
  const began = performance.now()
  const at = new Date().toISOString()
  const directory = mkdtempSync(join(tmpdir(), 'parley-growth-'))
  const processes = createProcesses(program, directory)
  const axes = axesOf(names, quick, openFiles - spareFiles)
  const points: Point[] = []
  const notes: string[] = []
  const loads: number[] = []
  const measured = databases.filter((kind) => kind === 'embedded' || postgresUrl !== undefined)
  let place: Place | undefined

  async function everything(): Promise<void> {
    for (const axis of axes)
      for (const database of measured) {
        // A new database for each axis, which is removed before the next one begins.
        const own = mkdtempSync(join(directory, `${axis.name}-`))
        place = database === 'embedded' ? embeddedPlace(own) : await postgresPlace(postgresUrl!, own)
        await grow(axis, place, own)
        await place.close()
        place = undefined
        rmSync(own, { recursive: true, force: true })
      }
  }

  async function grow(axis: Axis, place: Place, own: string): Promise<void> {
    const { kind: database } = place
    let last = { size: 0, ms: 0 }
    for (const size of axis.sizes[database]) {
      const expectedMs = last.size === 0 ? 0 : (last.ms * size) / last.size
      if (expectedMs > mostSeedMs) {
        notes.push(`${axis.title}, ${database}: ended before ${size}, which would take too long to fill`)
        return
      }
      const seedBegan = performance.now()
      const seeded = await seed(processes, place, {
        world: axis.worldOf(size),
        tokens: axis.name === 'online' ? 'members' : 'probes',
      })
      last = { size, ms: performance.now() - seedBegan }
      const { costs, notes: more } = await measureSize(
        { processes, place, directory: own, times: times[quick ? 'quick' : 'full'] },
        axis,
        size,
        seeded,
      )
      notes.push(...more)
      points.push(
        ...costs.map(([operation, cost]) => ({ axis: axis.name, database, size, operation, ...cost })),
      )
      loads.push(loadavg()[0] ?? 0)
      tell(
        `${axis.title}, ${database}: ${size} ${axis.unit}, filled in ${(last.ms / 1000).toFixed(1)} s, measured in ` +
          `${((performance.now() - seedBegan - last.ms) / 1000).toFixed(1)} s, load average ${loads.at(-1)!.toFixed(1)}`,
      )
    }
  }

  const limitMs = mostMs[quick ? 'quick' : 'full']
  await untilInterrupted(processes, limitMs, everything, async () => {
    await place?.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    at,
    tookSeconds: (performance.now() - began) / 1000,
    machine: describeMachine(),
    quick,
    axes: axes.map(({ worldOf: _, ...axis }) => axis),
    databases: measured,
    points,
    load: { least: Math.min(...loads), most: Math.max(...loads) },
    notes,
  }
}

async function seed(processes: Processes, { env }: Place, job: SeedJob): Promise<Seeded> {
  const seeding = processes.help(['bench', 'seed'], env)
  seeding.tell(job)
  const seeded = await seeding.hear<Seeded>()
  await seeding.ended()
  return seeded
}
