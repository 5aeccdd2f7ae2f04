import { Database, type SQLQueryBindings } from 'bun:sqlite'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { reasonOf } from '../reasons.ts'
import { DatabaseInUse } from './errors.ts'

type FileLock = { release(): void }

/** How long to wait for a process that is just ending (a restart, `bun --watch`). */
const patienceMs = 1000

/**
 * Locks `directory` until `release` or the end of this process. SQLite holds a kernel lock on a file, so the lock is gone
 * however the process ends. Two processes on one embedded database would destroy it. The note next to the lock says which
 * process has it; only people read the note.
 */
export const lockDirectory = (directory: string): FileLock =>
  lockPlace(
    directory,
    'lock',
    (holder) =>
      `The database in ${directory} is in use by ${holder}. Only one process can use it, as with DATABASE_URL: ` +
      'stop the other one, choose another DATA_DIR, or start with parley serve --wait, which waits until it has stopped.',
  )

/** The same for what a node on Postgres keeps in its DATA_DIR. `place` names the database. */
export const lockNodeDirectory = (directory: string, place: string): FileLock =>
  lockPlace(
    directory,
    `node-${place}.lock`,
    (holder) =>
      `${resolve(directory)} is in use by ${holder}, on the same Postgres. Each server needs a DATA_DIR of its own: choose ` +
      'another one, or start with parley serve --wait, which waits until that server has stopped.',
  )

function lockPlace(directory: string, name: string, refusal: (holder: string) => string): FileLock {
  const note = join(directory, `${name}.json`)
  let file: FileLock | undefined
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    file = lockFile(join(directory, name))
    writeFileSync(note, JSON.stringify({ pid: process.pid, startedAt: startTime(), host: hostname() }))
  } catch (error) {
    file?.release()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') {
      throw new Error(
        `Cannot store anything in ${resolve(directory)}: ${reasonOf(error)}. Fix that, or choose another DATA_DIR.`,
      )
    }
    throw new DatabaseInUse(refusal(readHolder(note)))
  }
  let locked = true
  return {
    release() {
      if (!locked) return
      locked = false
      rmSync(note, { force: true })
      file?.release()
    },
  }
}

/** Locks a file until `release` or the death of this process; one that is locked throws SQLITE_BUSY after a moment. */
export function lockFile(path: string): FileLock {
  const file = new Database(path)
  try {
    file.run(`pragma busy_timeout = ${patienceMs}`)
    file.run<SQLQueryBindings[]>('begin exclusive')
  } catch (error) {
    file.close()
    throw error
  }
  return { release: () => file.close() }
}

function startTime(): string {
  return new Date(Date.now() - process.uptime() * 1000).toISOString()
}

function readHolder(note: string): string {
  try {
    const { pid, startedAt, host } = JSON.parse(readFileSync(note, 'utf8')) as Record<string, unknown>
    return `process ${pid} on ${host}, started ${startedAt}`
  } catch {
    return 'another process'
  }
}
