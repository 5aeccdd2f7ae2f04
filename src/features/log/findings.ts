import type { Finding, Findings } from '../../protocol/findings.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { readSetting, removeSetting, writeSetting } from '../settings.ts'
import { acceptNoticed } from './anchor.ts'
import { markOf } from './integrity.ts'
import { shareNoticed } from './share-noticed.ts'

/** What the last `parley verify` has found; `room` is '' for all rooms. */
type Verified = {
  at: string
  events: number
  /** How much it was. Of it, `problems` has the first. */
  found: number
  problems: { what: Finding['what']; room: string; seq: number }[]
}

const verifiedSetting = 'verified'
const mostProblems = 100
const mostFindings = 100

/** Stored with a MAC: somebody who changes the database must not say that all of it was found to be right. */
export async function keepVerified(tools: Tools, verified: Verified): Promise<void> {
  const problems = verified.problems
    .slice(0, mostProblems)
    .map(({ what, room, seq }) => ({ what, room, seq }))
  const text = JSON.stringify({ ...verified, problems })
  await writeSetting(tools.sql, verifiedSetting, { text, mark: markOf(tools, text) })
}

async function readVerified(tools: Tools): Promise<Verified | undefined> {
  const stored = (await readSetting(tools.sql, verifiedSetting)) as { text: string; mark: string } | undefined
  if (typeof stored?.text !== 'string' || markOf(tools, stored.text) !== stored.mark) return undefined
  return JSON.parse(stored.text) as Verified
}

/** The operator knows of what was found: it is shown again only if it is found again. Returns how much was noticed. */
export async function acceptFindings(tools: Tools): Promise<number> {
  const accepted = await acceptNoticed(tools)
  const verified = await readVerified(tools)
  if (verified) await keepVerified(tools, { ...verified, found: 0, problems: [] })
  else await removeSetting(tools.sql, verifiedSetting)
  return accepted
}

/** What the server noticed and the last `parley verify` found, newest first. */
export async function listFindings(tools: Tools): Promise<Findings> {
  const verified = await readVerified(tools)
  const seen = await shareNoticed(tools)
  const found = (verified?.problems ?? []).map((problem) => ({ ...problem, roomKey: undefined }))
  const placeOf = await placesOf(tools.sql, [...seen, ...found])
  const items = seen.map((each): Finding => {
    const { at, what, by, seq } = each
    return { at, what, by: by ?? 'start', ...present(placeOf(each), each.room, seq) }
  })
  const isSeen = ({ what, room, seq }: Verified['problems'][number]) =>
    items.some((item) => item.what === what && (item.room ?? '') === room && (item.seq ?? 0) === seq)
  const others = found.filter((each) => !isSeen(each))
  for (const each of others) {
    const { what, room, seq } = each
    items.push({ at: verified!.at, what, by: 'verify', ...present(placeOf(each), room, seq) })
  }
  items.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0))
  return {
    items: items.slice(0, mostFindings),
    total: items.length + (verified ? verified.found - found.length : 0),
    ...(verified && { verified: { at: verified.at, events: verified.events } }),
  }
}

type Room = { key: number; id: string; title: string; direct: boolean }

/** Administrators see the titles of all rooms but the direct ones. */
function present(place: Room | undefined, room: string, seq: number) {
  const id = place?.id ?? room
  return {
    ...(id !== '' && { room: id }),
    ...(place && (place.direct ? { direct: true as const } : { title: place.title })),
    ...(seq > 0 && { seq }),
  }
}

/** The rooms of these findings, as far as they are still there, whether their key or their id is known. */
export async function placesOf(
  { query }: Sql,
  findings: readonly { room: string; roomKey?: number | undefined }[],
): Promise<(finding: { room: string; roomKey?: number | undefined }) => Room | undefined> {
  const keys = findings.flatMap(({ roomKey }) => roomKey ?? [])
  const ids = findings.map(({ room }) => room).filter((id) => id !== '')
  const rows = await query<Room>(
    `select key, id, title, access = 'direct' as direct from rooms
     where (key = any($1::int[]) or id = any($2::text[])) and deleted_at is null`,
    [[...new Set(keys)], [...new Set(ids)]],
  )
  const byKey = new Map(rows.map((row) => [row.key, row]))
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ({ room, roomKey }) => (roomKey === undefined ? byId.get(room) : byKey.get(roomKey))
}
