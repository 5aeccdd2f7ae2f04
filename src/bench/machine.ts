import { cpus, loadavg, totalmem } from 'node:os'
import { version } from '../version.ts'

/** The machine of the figures: without it they mean little. */
export type Machine = {
  parley: string
  bun: string
  platform: string
  cpu: string
  cores: number
  memoryGb: number
  /** The load of the last minute before the bench, from other work on the machine. */
  loadAverage: number
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    parley: version,
    bun: Bun.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadAverage: loadavg()[0] ?? 0,
  }
}
