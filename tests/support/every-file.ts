import { afterAll, setDefaultTimeout } from 'bun:test'
import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { useMemoryDisk } from './memory-disk.ts'
import { patienceMs } from './patience.ts'

/* Loaded by bun before every file of tests (bunfig.toml). */

// One limit for all tests, and longer than what they wait for: a deadlock fails, a slow machine does not.
setDefaultTimeout(patienceMs * 2)

useMemoryDisk()

/** Where `FILE_TIMES` names a file, each file of tests adds a line: wall time and CPU time of this process, in ms. */
const list = process.env.FILE_TIMES
if (list) {
  const beganMs = performance.now()
  const before = process.cpuUsage()
  afterAll(() => {
    const { user, system } = process.cpuUsage(before)
    const wallMs = Math.round(performance.now() - beganMs)
    appendFileSync(list, `${wallMs} ${Math.round((user + system) / 1000)} ${relative('.', Bun.main)}\n`)
  })
}
