import { randomId } from '../../crypto/keys.ts'
import type { Depot } from '../../depot/depot.ts'
import { openDepot } from '../../depot/open.ts'
import { ChatError } from '../../protocol/errors.ts'
import { perServer, type Tools } from '../../scope.ts'
import { keepSetting } from '../settings.ts'

/** The name of the community's files, wherever they are. */
export const filesSetting = 'files'
/** Some node has marked their place. */
export const markedSetting = `${filesSetting} marked`
/** Says that this is the place: another node that has no such file there has another disk. */
const marker = 'place'
export const isMarker = (name: string): boolean => name === marker

type State = { opening?: Promise<Depot>; said?: true }

const states = perServer((): State => ({}))

/**
 * Where the files of this community are. Of several nodes on a database, each has to have the same place: the first one marks it, and one that
 * does not find the mark takes no files and gives none. A node that is alone may have been moved, and marks its place again.
 */
export function depotOf(tools: Tools): Promise<Depot> {
  const state = states(tools)
  state.opening ??= openPlace(tools).catch((error) => {
    delete state.opening
    throw error
  })
  return state.opening
}

async function openPlace(tools: Tools): Promise<Depot> {
  const { sql, policy } = tools
  const community = String(await keepSetting(sql, filesSetting, randomId()))
  const depot = openDepot(policy.files.place, community)
  if (policy.files.place.kind === 'memory') return depot
  const own = randomId()
  const isFirst = (await keepSetting(sql, markedSetting, own)) === own
  // The first one may be writing it at this moment.
  for (let tries = 0; !isFirst && tries < 10; tries++) {
    if (await isMarked(depot)) return depot
    if ((await sql.countNodes()) <= 1) break
    await Bun.sleep(200)
  }
  if (!isFirst && (await sql.countNodes()) > 1) {
    sayElsewhere(tools, depot)
    throw new ChatError('files_elsewhere')
  }
  await depot.write(marker, once(Buffer.from(`${community}\n`)))
  return depot
}

function sayElsewhere(tools: Tools, { shown }: Depot): void {
  const state = states(tools)
  if (state.said) return
  state.said = true
  tools.log.error(
    'the files of this community are in a place that this node does not have: it takes and gives no files. Set FILES_URL to one ' +
      'place for all nodes: s3://…, or file:///… for a directory that they share',
    { place: shown },
  )
}

async function isMarked(depot: Depot): Promise<boolean> {
  const file = await depot.open(marker)
  await file?.close()
  return file !== undefined
}

/** Bytes that are all there, as pieces. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Why the depot did not do it, if the reason is not in this program. */
export function refusalOf(error: unknown): ChatError | undefined {
  if (error instanceof ChatError) return error
  const { code } = error as { code?: unknown }
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ChatError('disk_full')
  return typeof code === 'string' ? new ChatError('files_away', { retryAfterMs: 1000 }) : undefined
}
