import { readFileSync } from 'node:fs'

/** CPU time of this process while `work` runs, in ms: what other processes do on the machine is not in it. */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** CPU time of this process and of its children that have ended, since it began, in ms. */
export function cpuSoFarMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 + childrenMs()
}

/** CPU time of a running process, in ms; 0 where there is no /proc. */
export const cpuOfMs = (pid: number): number => statMs(String(pid), 14)

/** Of children that have ended; 0 where there is no /proc. */
const childrenMs = (): number => statMs('self', 16)

/** The sum of two neighbouring fields of proc(5), in hundredths of a second: utime and stime (14, 15), cutime and cstime (16, 17). */
function statMs(process: string, field: number): number {
  try {
    // The name, field 2, may contain spaces.
    const fields = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[field - 3]) + Number(fields[field - 2])) * 10
  } catch {
    return 0
  }
}
