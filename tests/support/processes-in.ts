import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The command lines of the processes that work in a directory, or below. */
export function processesIn(place: string): string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      if (!/^\d+$/.test(name) || !readlinkSync(`/proc/${name}/cwd`).startsWith(place)) return []
      return [readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')]
    } catch {
      return []
    }
  })
}
