import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cannotWrite } from '../reasons.ts'
import { UsageError } from './command.ts'

/** Only such names are ever deleted: a directory may have other files, backups under other names too. */
const ours = /^parley-\d{4}-\d\d-\d\dT\d{6}Z\.backup$/

/** The path of a new backup in this directory, which is created if it is missing. The names sort by time. */
export function newBackupIn(directory: string, at: Date): string {
  const path = resolve(directory)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw cannotWrite(path, error as Error)
  }
  return join(
    path,
    `parley-${at
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '')}.backup`,
  )
}

/** Deletes all but the newest, and returns the names of those that are gone. */
export function deleteOlderBackups(directory: string, keep: number): string[] {
  const old = readdirSync(directory)
    .filter((name) => ours.test(name))
    .sort()
    .slice(0, -keep)
  for (const name of old) rmSync(join(directory, name))
  return old
}

export function howManyToKeep(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`--keep must be a number from 1 to 99999, not "${text}".`)
  return Number(text)
}
