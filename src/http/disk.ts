import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { perServer, type Tools } from '../scope.ts'

const lookMs = 10_000
/** So much more than the limit must be free before the disk counts as free again: it is said once, not at each file. */
const freeAgain = 1.1

type Place = { path: string; free: number; low: boolean }

/** What is known of the disks of this server. Nothing until the watch has begun. */
const places = perServer((): Place[] => [])

export const isDiskLow = (tools: Tools): boolean => places(tools).some(({ low }) => low)

/** Whether there is less room than this on the disk of the embedded database; false where that cannot be known. */
export async function hasLessThan(tools: Tools, bytes: number): Promise<boolean> {
  if (tools.sql.kind !== 'embedded') return false
  const free = await Promise.all(places(tools).map(({ path }) => freeBytes(path)))
  return free.some((each) => each < bytes)
}

/**
 * Looks at the free bytes of DATA_DIR and of the embedded database, which may be a mount of its own. The disk of a Postgres
 * server is not ours to see. Resolves when it has looked once.
 */
export async function watchDisk(
  tools: Tools,
  { dataDir, diskLowMegabytes }: Pick<Config, 'dataDir' | 'diskLowMegabytes'>,
): Promise<() => void> {
  const [data, database] = await placesOf(tools.sql, dataDir)
  const limit = diskLowMegabytes * 1_000_000
  places(tools).push(...new Set([data, database].filter((place) => place !== undefined)))
  tools.metrics.dataFreeBytes.from(() => data?.free ?? Number.NaN)
  tools.metrics.databaseFreeBytes.from(() => database?.free ?? Number.NaN)

  async function look(): Promise<void> {
    for (const place of places(tools)) {
      place.free = await freeBytes(place.path)
      const low = place.free < limit * (place.low ? freeAgain : 1)
      if (low === place.low) continue
      place.low = low
      const fields = { directory: place.path, freeBytes: place.free, limitBytes: limit }
      if (low) tools.log.warn('the disk is nearly full; when it is full, nothing can be stored', fields)
      else tools.log.info('the disk has free space again', fields)
    }
  }

  await look()
  const timer = setInterval(() => void look(), lookMs)
  timer.unref()
  return () => clearInterval(timer)
}

const newPlace = (path: string): Place => ({ path, free: Number.NaN, low: false })

async function placesOf({ kind }: Tools['sql'], dataDir: string): Promise<[data?: Place, database?: Place]> {
  if (kind === 'postgres') return [newPlace(dataDir)]
  if (dataDir === ':memory:') return []
  const data = newPlace(dataDir)
  const database = join(dataDir, 'db')
  const [one, other] = await Promise.all([stat(dataDir), stat(database)])
  return [data, one.dev === other.dev ? data : newPlace(database)]
}

/** NaN where it cannot be known: there is no such directory. */
async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch {
    return Number.NaN
  }
}
