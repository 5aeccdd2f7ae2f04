import { afterAll, setDefaultTimeout } from 'bun:test'
import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { cpuSoFarMs } from './cpu.ts'
import { useMemoryDisk } from './memory-disk.ts'
import { patienceMs } from './patience.ts'

/* Loaded by bun once in each process of tests, before its first file (bunfig.toml). */

// One limit for all tests, and longer than what they wait for: a deadlock fails, a slow machine does not.
setDefaultTimeout(patienceMs * 3)

useMemoryDisk()

/**
 * Where `TEST_TIMES` names a file, each file of tests adds a line: its wall time, and its CPU time with that of the processes it
 * started, in ms. A process runs many files, and each begins where the one before it ended.
 */
const list = process.env.TEST_TIMES
if (list) {
  let before = { wallMs: performance.now(), cpuMs: cpuSoFarMs() }
  afterAll(() => {
    const now = { wallMs: performance.now(), cpuMs: cpuSoFarMs() }
    const took = [now.wallMs - before.wallMs, now.cpuMs - before.cpuMs].map(Math.round)
    appendFileSync(list, `${took.join(' ')} ${relative('.', Bun.main)}\n`)
    before = now
  })
}
