import type { Scope } from '../../scope.ts'
import { encodeEvent } from '../log/present.ts'
import { readEntryPage } from '../log/replay.ts'
import { readHeads } from '../log/store.ts'
import { readRoom } from './lock.ts'

/** A page of the stored events after `since`, the same that a resumed subscription replays. */
export async function readLog(
  scope: Scope,
  id: string,
  query: { since?: number; limit?: number },
): Promise<Response> {
  const limit = query.limit ?? scope.policy.limits.replay_page
  const { room, page, head } = await readRoom(scope, id, 'read', async ({ room }) => {
    const page = await readEntryPage(scope, room, query.since ?? 0, limit)
    const head = (await readHeads(scope.sql, [room.key])).get(room.key) ?? 0
    return { room, page, head }
  })
  const { entries, broken } = page
  const last = page.last > (query.since ?? 0) ? page.last : head
  const next = last < head ? `,"next":${last}` : ''
  // Joined by hand, because `encodeEvent`, which live events use too, returns JSON.
  const items = entries.map((entry) => encodeEvent(room, entry)).join(',')
  const text = `{"epoch":${JSON.stringify(room.epoch)},"head":${head},"items":[${items}]${next}${broken ? ',"damaged":true' : ''}}`
  return new Response(text, { headers: { 'content-type': 'application/json' } })
}
