import { previewsPerMessage } from '../../protocol/limits.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { addressesIn } from '../links/address.ts'
import { notFoundMs } from '../links/removed.ts'
import { hashOf, sealFacts } from '../links/sealed.ts'
import { deleteUnused, lockPreviews } from '../links/store.ts'
import { findKept, insertWanted, isStill, type Kept, listOf, retire, show, unshow } from './store.ts'

/** A page that was looked at longer ago is looked at again for a new message. */
const usableMs = { ready: 7 * 24 * 3_600_000, none: notFoundMs, wanted: Number.POSITIVE_INFINITY }

export type Written = {
  roomKey: number
  seq: number
  /** Absent for a message as it was sent. */
  editedSeq?: number
  author: string
  text: string
}

/** `mayFetch`: of one more page, for this person. */
type MayFetch = (author: string) => boolean

/**
 * Gives a message the previews of its links, and takes those away whose links it has no more. Pages that nobody knows are to be fetched: `isWanted`.
 * `isChanged`: readers of the room have to hear of it.
 */
export async function follow(
  tools: Tools,
  { roomKey, seq, editedSeq, author, text }: Written,
  mayFetch: MayFetch,
): Promise<{ isWanted: boolean; isChanged: boolean }> {
  const nothing = { isWanted: false, isChanged: false }
  const urls = addressesIn(text).slice(0, previewsPerMessage)
  if (urls.length === 0 && editedSeq === undefined) return nothing
  const place = { roomKey, seq }
  const links = urls.map((url) => ({ url, hash: hashOf(tools, url), id: tools.newId() }))
  // Once each, though a transaction may run again.
  const asked = new Map<string, boolean>()
  return tools.sql.transaction(async (sql) => {
    await lockPreviews(sql)
    if (!(await isStill(sql, place, editedSeq ?? null))) return nothing
    const before = editedSeq === undefined ? [] : await listOf(sql, place)
    const known = await findUsable(
      sql,
      links.map(({ hash }) => hash),
    )
    const isUnwanted = before.some(({ removed }) => removed)
    const had = new Set(before.flatMap(({ id, removed }) => (removed ? [] : [id])))
    const ids: string[] = []
    let [isWanted, isReady] = [false, false]
    for (const { url, hash, id } of links) {
      const kept = known.get(hash)
      if (kept?.state === 'none' || (isUnwanted && !(kept && had.has(kept.id)))) continue
      if (kept) {
        isReady ||= kept.state === 'ready' && !had.has(kept.id)
        ids.push(kept.id)
        continue
      }
      if (!asked.has(hash)) asked.set(hash, mayFetch(author))
      if (!asked.get(hash)) continue
      await insertWanted(sql, { id, hash, sealed: sealFacts(tools, id, { url }) })
      ids.push(id)
      isWanted = true
    }
    const gone = [...had].filter((id) => !ids.includes(id))
    if (gone.length > 0) await unshow(sql, place, gone)
    if (ids.length > 0) await show(sql, place, ids)
    if (gone.length > 0) await deleteUnused(sql, gone)
    return { isWanted, isChanged: isReady || gone.length > 0 }
  })
}

async function findUsable(sql: Sql, hashes: string[]): Promise<Map<string, Kept>> {
  const kept = await findKept(sql, hashes)
  const isOld = ({ state, ageMs }: Kept): boolean => ageMs > usableMs[state]
  const old = kept.filter(isOld)
  if (old.length > 0)
    await retire(
      sql,
      old.map(({ id }) => id),
    )
  return new Map(kept.flatMap((each) => (isOld(each) ? [] : [[each.hash, each]])))
}
