import { readFileSync } from 'node:fs'

type Cost = { cpuSeconds: number; residentBytes: number }

/** Linux counts processor time for programs in hundredths of a second, whatever its own clock does. */
const ticksPerSecond = 100

/** The processor time of a process so far, with all its threads; undefined without /proc. */
export function costOf(pid: number): Cost | undefined {
  try {
    return parseCost(readFileSync(`/proc/${pid}/stat`, 'utf8'), readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return undefined
  }
}

/** The name of a process is in brackets and may contain anything, so we read after the last bracket. */
export function parseCost(stat: string, status: string): Cost {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN)
  return { cpuSeconds: ticks / ticksPerSecond, residentBytes: resident * 1024 }
}
