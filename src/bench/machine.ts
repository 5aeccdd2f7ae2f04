import { cpus, loadavg, totalmem } from 'node:os'
import { version } from '../version.ts'

/** Where figures come from: without it they mean little. */
export type Machine = {
  parley: string
  bun: string
  platform: string
  cpu: string
  cores: number
  memoryGb: number
  /** Of the last minute, before the bench began: what else the machine was doing. */
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
