import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * When the last backup was written, for the metric: a file in DATA_DIR, because with Postgres a backup is made by another process, which
 * the server does not hear of.
 */
const fileIn = (dataDir: string): string => join(dataDir, 'last-backup')

/** Another user may have made the backup, so everyone may read the file. It contains nothing but the time. */
export function noteBackup(dataDir: string, at: Date): void {
  const unfinished = `${fileIn(dataDir)}.${process.pid}.unfinished`
  writeFileSync(unfinished, `${at.toISOString()}\n`)
  chmodSync(unfinished, 0o644)
  renameSync(unfinished, fileIn(dataDir))
}

/** In Unix time; NaN if there was none. */
export function lastBackupSeconds(dataDir: string): number {
  try {
    return Date.parse(readFileSync(fileIn(dataDir), 'utf8').trim()) / 1000
  } catch {
    return Number.NaN
  }
}
