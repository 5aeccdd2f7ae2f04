import { costOf } from './cost.ts'
import type { Ready, RoomsJob } from './load/job.ts'
import type { Helper, Processes } from './processes.ts'
import type { Subject } from './round.ts'

type Idle = { sockets: number; kbPerSocket: number | undefined; faults: string[] }

/**
 * The cost of an idle socket. A first wave of `warm` sockets comes and goes, so that joins, caches and compiled code do not
 * count. Later sockets may reuse its memory, so `warm` is subtracted from the number of sockets that we divide by.
 */
export async function measureIdle(
  processes: Processes,
  { pid }: Subject,
  jobsOf: (sockets: number) => RoomsJob[],
  sizes: { warm: number; sockets: number; settleMs: number },
): Promise<Idle> {
  const first = await sitDown(processes, jobsOf(sizes.warm))
  await first.leave()
  await Bun.sleep(sizes.settleMs)
  const before = costOf(pid)?.residentBytes
  const second = await sitDown(processes, jobsOf(sizes.sockets))
  await Bun.sleep(sizes.settleMs)
  const after = costOf(pid)?.residentBytes
  await second.leave()
  const divisor = Math.max(1, second.seated - sizes.warm)
  return {
    sockets: second.seated,
    kbPerSocket: before === undefined || after === undefined ? undefined : (after - before) / 1024 / divisor,
    faults: second.seated < sizes.sockets ? [`${sizes.sockets - second.seated} could not join`] : [],
  }
}

/** Seats everybody and lets them sit until `leave`. */
export async function sitDown(processes: Processes, jobs: RoomsJob[]) {
  const loads = jobs.map((job): Helper => {
    const load = processes.help(['bench', 'load'])
    load.tell(job)
    return load
  })
  const readies = await Promise.all(loads.map((load) => load.hear<Ready>()))
  return {
    seated: readies.reduce((sum, { ready }) => sum + ready, 0),
    leave: async (): Promise<void> => void (await Promise.all(loads.map((load) => load.stop()))),
  }
}
