import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Config, ConfigError } from '../config.ts'

/** With a mistyped DATA_DIR we would otherwise create an empty community and show that. */
export function requireCommunity(config: Config): void {
  if (hasCommunity(config)) return
  throw new ConfigError([
    `There is no community in ${resolve(config.dataDir)}. Set DATA_DIR to its directory, or start a new one with parley serve.`,
  ])
}

/** Always true with a Postgres server: only a connection could tell. */
export function hasCommunity({ databaseUrl, dataDir }: Config): boolean {
  if (databaseUrl !== undefined) return true
  try {
    return statSync(join(dataDir, 'db'), { throwIfNoEntry: false }) !== undefined
  } catch {
    // It exists, but we may not look at it. Opening it will say why.
    return true
  }
}
