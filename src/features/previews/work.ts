import type { Tools } from '../../scope.ts'
import { openFacts, sealFacts } from '../links/sealed.ts'
import { listPlacesOf, lockPreviews, type Place } from '../links/store.ts'
import { fetchPreview } from './fetch.ts'
import { type Claimed, claimWanted, markNone, markReady } from './store.ts'
import { tellPreviews } from './tell.ts'

/** Longer than a page, its redirects and its picture may take. */
const leaseMs = 60_000
/** A process that was killed may have been killed by a page. */
const mostTries = 3
/** More messages that wait for one page hear of it when they are read. */
const mostPlaces = 1000

/** Fetches the next page that somebody waits for. False if there is none. */
export async function fetchNext(tools: Tools, signal: AbortSignal): Promise<boolean> {
  const { node } = tools.bus
  const claimed = await claimWanted(tools.sql, node, leaseMs)
  if (!claimed) return false
  const found = await lookAt(tools, claimed, signal)
  if (signal.aborted) return false
  const { id } = claimed
  const places = await tools.sql.transaction(async (sql): Promise<Place[]> => {
    // Who begins to wait for it is among the places, or finds that it is ready.
    await lockPreviews(sql)
    if (!found) {
      await markNone(sql, node, id)
      return []
    }
    const { facts, picture } = found
    const isKept = await markReady(sql, node, { id, sealed: sealFacts(tools, id, facts), picture })
    return isKept ? listPlacesOf(sql, id, mostPlaces) : []
  })
  await tellPreviews(tools, places)
  return true
}

async function lookAt(tools: Tools, { id, sealed, tries }: Claimed, signal: AbortSignal) {
  const facts = openFacts(tools, { id, sealed })
  if (!facts || tries > mostTries) return undefined
  try {
    const found = await fetchPreview(tools, id, facts.url, signal)
    tools.metrics.previews.add(found ? 'ready' : 'none')
    return found
  } catch (error) {
    // A page that this program cannot read is a bug of it, and no reason to try again.
    if (!signal.aborted) tools.log.warn('the page of a link could not be looked at', { preview: id, error })
    tools.metrics.previews.add('failed')
    return undefined
  }
}
