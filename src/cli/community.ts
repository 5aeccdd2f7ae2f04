import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Config, ConfigError } from '../config.ts'

/** Elsewhere an empty community would be made, and whoever has mistaken the directory would ask that one. */
export function requireCommunity(config: Config): void {
  if (hasCommunity(config)) return
  throw new ConfigError([
    `There is no community in ${resolve(config.dataDir)}. Say where it is with DATA_DIR, or begin one with parley serve.`,
  ])
}

/** Not for a Postgres server: what is there it must say itself. */
export function hasCommunity({ databaseUrl, dataDir }: Config): boolean {
  if (databaseUrl !== undefined) return true
  try {
    return statSync(join(dataDir, 'db'), { throwIfNoEntry: false }) !== undefined
  } catch {
    // It is there and may not be seen: whoever opens it says why.
    return true
  }
}
