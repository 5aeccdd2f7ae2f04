import { openEmbedded } from './embedded.ts'
import { openPostgres } from './postgres.ts'
import type { Storage } from './storage.ts'

/** Opens Postgres at `databaseUrl`, otherwise the embedded database in `dataDir` (':memory:' keeps it in memory). */
export function openStorage(options: {
  databaseUrl?: string
  dataDir: string
  poolSize?: number
  log?: (message: string, fields?: object) => void
  /** Called for each statement that is sent to the database. */
  onStatement?: () => void
}): Promise<Storage> {
  const {
    databaseUrl,
    dataDir,
    poolSize = 10,
    log = () => undefined,
    onStatement = () => undefined,
  } = options
  return databaseUrl
    ? openPostgres(databaseUrl, poolSize, log, onStatement)
    : openEmbedded(dataDir, log, onStatement)
}
