import { median } from '../figures.ts'
import type { Server } from '../processes.ts'

/** What a server has used so far: processor time of all its threads, and statements. */
export type Used = { cpuMs: number; statements: number }

export type Cost = {
  /** The fastest tenth of all repetitions took at most this: what it takes when nothing else has the core. */
  wallMs: number
  medianMs: number
  /** Medians of the rounds' means, for each repetition. */
  cpuMs?: number
  statements?: number
  repetitions: number
}

/** In its metrics, because `/proc` only counts hundredths of a second. */
export async function usedBy({ url }: Server): Promise<Used> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const figureOf = (name: string): number => {
    const found = new RegExp(`^parley_${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1]
    if (found === undefined) throw new Error(`The server has no metric parley_${name}.`)
    return Number(found)
  }
  return {
    cpuMs: figureOf('process_cpu_seconds_total') * 1000,
    statements: figureOf('database_statements_total'),
  }
}

/** Throws where the server has found that an entry is not what was appended: then the community was not filled rightly. */
export async function requireUnbroken({ url }: Server): Promise<void> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = /^parley_(log_breaks|decrypt_failures)_total\S* [1-9].*$/m.exec(text)
  if (found) throw new Error(`The server reports breaks of what was filled in: ${found[0]}`)
}

export type Times = { rounds: number; repetitions: number; roundMs: number }

const fewestRepetitions = 3

/** Repeats one thing, the first round without counting: a new server compiles its code then. `undo` is not measured. */
export async function measure(
  server: Server,
  { rounds, repetitions, roundMs }: Times,
  run: (nth: number) => Promise<void>,
  undo: () => Promise<void> = async () => undefined,
): Promise<Cost> {
  const walls: number[] = []
  const cpus: number[] = []
  const statements: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const [first, before] = [await usedBy(server), await usedBy(server)]
    const began = performance.now()
    const roundWalls: number[] = []
    for (let nth = 0; nth < repetitions; nth++) {
      if (nth >= fewestRepetitions && performance.now() - began > roundMs) break
      const at = performance.now()
      await run(round * repetitions + nth)
      roundWalls.push(performance.now() - at)
    }
    const after = await usedBy(server)
    await undo()
    if (round === 0) continue
    const count = roundWalls.length
    walls.push(...roundWalls)
    // To ask for the metrics costs something too.
    cpus.push(Math.max(0, after.cpuMs - before.cpuMs - (before.cpuMs - first.cpuMs)) / count)
    statements.push((after.statements - before.statements) / count)
  }
  return {
    wallMs: walls.toSorted((a, b) => a - b)[Math.floor(walls.length / 10)]!,
    medianMs: median(walls),
    cpuMs: median(cpus),
    statements: median(statements),
    repetitions: walls.length,
  }
}
