import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import type { Anchor } from './anchor-file.ts'
import { reservedKind, type Tip } from './entry.ts'
import type { Incarnation } from './incarnation.ts'
import { isLinked, keyMark } from './integrity.ts'
import { linkText } from './store.ts'

/** What a database lacks of what an anchor knows. `roomKey` is 0 for all rooms. */
export type Loss = { what: 'older' | 'cut' | 'changed' | 'key'; room: string; roomKey: number; seq: number }

export type Compared = {
  /** It does not have everything that it had when the anchor was written. */
  older: boolean
  losses: Loss[]
  /** How far each log reaches now, as an anchor says it. */
  rooms: Map<number, string>
}

export const tipText = (head: number, link: string | null): string => `${head} ${link ?? ''}`
export const deletedText = 'deleted'

/** What `tipText` wrote. */
export function tipIn(text: string | undefined): Pick<Tip, 'head' | 'link'> {
  if (text === undefined || text === deletedText) return { head: 0, link: null }
  const [head, link] = text.split(' ')
  return { head: Number(head), link: link || null }
}

/**
 * Compares the database with what an anchor knows of it. A log may be longer than the anchor says, and a room may have
 * been deleted; an entry that the anchor knows must be there, with the same link.
 */
export async function compareWithAnchor(
  tools: Tools,
  stored: Incarnation | undefined,
  anchor: Anchor | undefined,
): Promise<Compared> {
  // Restored since, or found older by another server: clients were sent to fetch again then.
  const known = anchor && stored && stored.number > anchor.number ? undefined : anchor
  const losses: Loss[] = []
  const isSameKey = known?.key === keyMark(tools)
  const rooms = await compareLogs(tools.sql, known?.rooms ?? new Map(), isSameKey, losses)
  if (!known) return { older: false, losses, rooms }
  const isBehind =
    stored === undefined ||
    stored.number < known.number ||
    (stored.number === known.number && stored.starts < known.starts)
  const older = isBehind || losses.length > 0
  if (older) losses.unshift({ what: 'older', room: '', roomKey: 0, seq: 0 })
  if (!isSameKey || (known.linked && !isLinked(tools)))
    losses.push({ what: 'key', room: '', roomKey: 0, seq: 0 })
  return { older, losses, rooms }
}

const roomsAtOnce = 2000

async function compareLogs(
  sql: Sql,
  known: ReadonlyMap<number, string>,
  withLinks: boolean,
  losses: Loss[],
): Promise<Map<number, string>> {
  const rooms = new Map<number, string>()
  for (let after = 0; ; ) {
    const page = await readPage(sql, after)
    const anchored = page.map(({ key }) => headIn(known.get(key)))
    const links = await readLinks(
      sql,
      page.map(({ key }) => key),
      anchored,
    )
    page.forEach(({ key, id, gone, head, link }, index) => {
      rooms.set(key, gone ? deletedText : tipText(head, link))
      const tip = known.get(key)
      if (tip === undefined || gone) return
      const lose = (what: Loss['what'], seq: number) => losses.push({ what, room: id, roomKey: key, seq })
      if (tip === deletedText) return lose('older', 0)
      const reached = anchored[index]!
      if (head < reached) return lose('cut', head + 1)
      const was = tip.slice(tip.indexOf(' ') + 1)
      if (withLinks && was !== '' && links.get(key) !== was) lose('changed', reached)
    })
    if (page.length < roomsAtOnce) break
    after = page.at(-1)!.key
  }
  for (const key of known.keys())
    if (!rooms.has(key)) losses.push({ what: 'older', room: `#${key}`, roomKey: key, seq: 0 })
  return rooms
}

const headIn = (tip: string | undefined): number => tipIn(tip).head

type RoomTip = { key: number; id: string; gone: boolean; head: number; link: string | null }

async function readPage({ query }: Sql, after: number): Promise<RoomTip[]> {
  return query<RoomTip>(
    `select room.key, room.id, room.deleted_at is not null as gone, coalesce(last.seq, 0)::bigint as head, last.link
     from (select key, id, deleted_at from rooms where key > $1 order by key limit $2) as room
     left join lateral (
       select seq, ${linkText('log')} as link from log where room_key = room.key and kind <> ${reservedKind}
       order by seq desc limit 1
     ) as last on room.deleted_at is null
     order by room.key`,
    [after, roomsAtOnce],
  )
}

/** The links of one entry of each room; without an entry there is none in the map. */
async function readLinks({ query }: Sql, keys: number[], seqs: number[]): Promise<Map<number, string>> {
  const rows = await query<{ key: number; link: string | null }>(
    `select room_key as key, ${linkText('log')} as link
     from unnest($1::int[], $2::bigint[]) as entry (key, seq)
     join log on log.room_key = entry.key and log.seq = entry.seq where entry.seq > 0`,
    [keys, seqs],
  )
  return new Map(rows.map(({ key, link }) => [key, link ?? '']))
}
