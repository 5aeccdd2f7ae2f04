import { join } from 'node:path'
import type { Depot, DepotPlace } from './depot.ts'
import { createDirectoryDepot } from './directory.ts'
import { createMemoryDepot } from './memory.ts'
import { createS3Depot } from './s3.ts'

/** `community`: the files of each are apart, also where several communities have one place. */
export function openDepot(place: DepotPlace, community: string): Depot {
  if (place.kind === 'memory') return createMemoryDepot()
  if (place.kind === 'directory') return createDirectoryDepot(join(place.path, community))
  return createS3Depot({ ...place, prefix: [place.prefix, community].filter(Boolean).join('/') })
}
