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

/** Of children that have ended; 0 where there is no /proc. */
function childrenMs(): number {
  try {
    // proc(5): cutime and cstime are fields 16 and 17, in hundredths of a second. The name, field 2, may contain spaces.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[13]) + Number(fields[14])) * 10
  } catch {
    return 0
  }
}
