import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Debian's libfaketime is; undefined without it. It moves the clock of one process, which needs no rights. */
export function fakeTime(): string | undefined {
  for (const machine of ['x86_64-linux-gnu', 'aarch64-linux-gnu', '']) {
    const directory = join('/usr/lib', machine, 'faketime')
    try {
      const found = readdirSync(directory).find((name) => name.startsWith('libfaketimeMT.so'))
      if (found) return join(directory, found)
    } catch {
      // Not there.
    }
  }
  return undefined
}

/** A clock of its own for a process: right at first, and moved while it runs. Timers stay right, as on a real machine. */
export function openClock(library: string, directory: string) {
  const path = join(directory, 'clock')
  const set = (seconds: number): void => writeFileSync(path, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  set(0)
  return {
    set,
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
  }
}

export type Clock = ReturnType<typeof openClock>

/** How far the clock of a server is from ours, in seconds, by the head of its responses. */
export async function clockOffset(url: string): Promise<number> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) })
  await response.body?.cancel()
  return (Date.parse(response.headers.get('date') ?? '') - Date.now()) / 1000
}
