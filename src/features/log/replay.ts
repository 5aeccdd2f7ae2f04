import type { Change } from '../../bus/bus.ts'
import type { File } from '../../protocol/files.ts'
import type { Person, Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { filesById, filesIn } from '../attachments/present.ts'
import { authorsOf, nobody } from '../auth/people.ts'
import { reportBreak } from './breaks.ts'
import { type Entry, kindName, kindNumbers, type LogRoom, originOf } from './entry.ts'
import type { Facts } from './facts.ts'
import { type Before, isGenuine } from './integrity.ts'
import { openText } from './seal.ts'
import { type LogRow, readRows, readRowsAt, readRowsOf } from './store.ts'

type EntryPage = {
  entries: Entry[]
  /** The seq of the last row that was read, also where it could not be shown. */
  last: number
  /** Entries are missing, or are no events any more. */
  broken: boolean
  /** As many rows as were asked for: there may be more. */
  full: boolean
}

/** The entries of a room after `since`, in their order. */
export async function readEntries(
  tools: Tools,
  room: LogRoom,
  since: number,
  limit: number,
): Promise<Entry[]> {
  return (await readEntryPage(tools, room, since, limit)).entries
}

export async function readEntryPage(
  tools: Tools,
  room: LogRoom,
  since: number,
  limit: number,
  /** Inside of a transaction: its own. */
  sql: Sql = tools.sql,
): Promise<EntryPage> {
  // With the one before: its link is part of the next.
  const found = await readRows(sql, room.key, since, limit + 1)
  return pageOf(tools, room, since, limit, found, await knownIn(tools, found, sql))
}

/** A page of each of many rooms, with one statement for all. */
export async function readEntryPages(
  tools: Tools,
  places: { room: LogRoom; since: number }[],
  limit: number,
): Promise<EntryPage[]> {
  const [first] = places
  if (first && places.length === 1) return [await readEntryPage(tools, first.room, first.since, limit)]
  const starts = places.map(({ room, since }) => ({ roomKey: room.key, from: since }))
  const found = await readRowsOf(tools.sql, starts, limit + 1)
  const known = await knownIn(tools, found)
  const byRoom = Map.groupBy(found, ({ roomKey }) => roomKey)
  return places.map(({ room, since }) => pageOf(tools, room, since, limit, byRoom.get(room.key) ?? [], known))
}

function pageOf(
  tools: Tools,
  room: LogRoom,
  since: number,
  limit: number,
  found: LogRow[],
  known: Known,
): EntryPage {
  const rows = found.filter(({ seq }) => seq > since).slice(0, limit)
  let before = { head: since, link: found[0]?.seq === since ? found[0].link : null }
  let broken = false
  const entries: Entry[] = []
  for (const row of rows) {
    if (row.seq !== before.head + 1) {
      broken = true
      reportBreak(tools, 'hole', room.key, before.head + 1)
    }
    const entry = entryOf(tools, room, row, follows(tools, before, row), known)
    if (entry) entries.push(entry)
    else broken = true
    before = { head: row.seq, link: row.link }
  }
  return { entries, last: before.head, broken, full: rows.length === limit }
}

/** One entry each of many rooms, with one statement for all; undefined where there is none, or no event any more. */
export async function readEntriesAt(
  tools: Tools,
  places: { room: LogRoom; seq: number }[],
): Promise<(Entry | undefined)[]> {
  // With the ones before: their links are part of these.
  const wanted = places.flatMap(({ room: { key: roomKey }, seq }) => [
    { roomKey, seq: seq - 1 },
    { roomKey, seq },
  ])
  const rows = await readRowsAt(tools.sql, wanted)
  const known = await knownIn(tools, rows)
  const found = new Map(rows.map((row) => [`${row.roomKey} ${row.seq}`, row]))
  return places.map(({ room, seq }) => {
    const row = found.get(`${room.key} ${seq}`)
    const before = { head: seq - 1, link: found.get(`${room.key} ${seq - 1}`)?.link ?? null }
    return row && entryOf(tools, room, row, follows(tools, before, row), known)
  })
}

/** What an entry by another node changes in the caches of this one. */
export function changeOf({ key }: LogRoom, { kind, member }: Entry): Change | undefined {
  if (member) return { what: 'member', room: key, user: member.id, gone: kind === 'member.left' }
  return kind === 'room.updated' ? { what: 'room', room: key } : undefined
}

/** Who and what entries refer to. */
type Known = { person(id: string): Person; files(ids: string[]): File[] }

async function knownIn(tools: Tools, rows: LogRow[], sql: Sql = tools.sql): Promise<Known> {
  const attached = rows.flatMap((row) => [...filesOf(row), ...filesOfTarget(row)])
  const found = await filesById(tools, attached, sql)
  return { person: await peopleIn(tools, rows, sql), files: (ids) => filesIn(ids, found) }
}

const filesOf = ({ kind, detail, goneAt }: LogRow): string[] =>
  kind === kindNumbers['message.created'] && goneAt === null ? (detail?.files ?? []) : []

const filesOfTarget = ({ kind, targetDetail, goneAt }: LogRow): string[] =>
  kind === kindNumbers['message.edited'] && goneAt === null ? (targetDetail?.files ?? []) : []

async function peopleIn(tools: Tools, rows: LogRow[], sql: Sql): Promise<(id: string) => Person> {
  const ids = rows.flatMap((row) => [row.actorId, row.targetActorId, row.detail?.user])
  const people = await authorsOf(
    tools,
    ids.filter((id) => typeof id === 'string'),
    sql,
  )
  return (id) => people.get(id) ?? nobody(id)
}

/** What is behind a hole cannot be compared with what was before it, and counts as genuine. */
function follows(tools: Tools, before: Before, row: LogRow): boolean {
  const isComparable = row.seq === before.head + 1 && (before.head === 0 || before.link !== null)
  return !isComparable || isGenuine(tools, before, row, row.link)
}

/** Undefined where what is stored is no event any more. */
function entryOf(
  tools: Tools,
  room: LogRoom,
  row: LogRow,
  genuine: boolean,
  { person, files }: Known,
): Entry | undefined {
  const kind = kindName(row.kind)
  const about = aboutOf(row, person, files)
  if (!genuine) reportBreak(tools, 'changed', room.key, row.seq)
  if (!kind || (needsMessage.has(kind) && !about) || (kind.startsWith('member.') && !row.detail?.user)) {
    if (genuine) reportBreak(tools, 'changed', room.key, row.seq)
    return undefined
  }
  const aboutGenuine = !about || isAboutGenuine(tools, room.key, row)
  if (!aboutGenuine) reportBreak(tools, 'changed', room.key, row.target!)
  const standing = standingOf(tools, room.key, row)
  const opened: { text?: string; damaged?: true } =
    row.body === null || standing.deletedAt ? {} : openText(tools, row, row.body)
  const damaged = !genuine || !aboutGenuine || standing.wrong || opened.damaged === true
  return {
    kind,
    seq: row.seq,
    at: row.at,
    actor: person(row.actorId),
    ...(row.target === null ? {} : { target: row.target }),
    ...(row.clientId === null ? {} : { clientId: row.clientId }),
    ...(row.replyTo === null ? {} : { replyTo: row.replyTo }),
    ...(row.threadSeq === null ? {} : { threadSeq: row.threadSeq }),
    ...(row.detail === null ? {} : { detail: row.detail }),
    ...(row.detail?.user ? { member: person(row.detail.user) } : {}),
    ...(filesOf(row).length > 0 ? { files: files(filesOf(row)) } : {}),
    ...(standing.deletedAt === null ? {} : { deletedAt: standing.deletedAt }),
    ...(opened.text === undefined ? {} : { text: damaged ? '' : opened.text }),
    ...(row.link === null ? {} : { link: row.link }),
    ...(damaged ? { damaged: true as const } : {}),
    ...(about ? { about } : {}),
  }
}

const needsMessage = new Set(['message.edited', 'message.deleted'])

function aboutOf(row: LogRow, person: Known['person'], files: Known['files']): Entry['about'] {
  if (row.targetActorId === null || row.targetAt === null) return undefined
  const origin = originOf(person(row.targetActorId), {
    at: row.targetAt,
    clientId: row.targetClientId,
    replyTo: row.targetReplyTo,
    threadSeq: row.targetThreadSeq,
  })
  const ids = filesOfTarget(row)
  return ids.length === 0 ? origin : { ...origin, files: files(ids) }
}

function isAboutGenuine(tools: Tools, roomKey: number, row: LogRow): boolean {
  const before = { head: row.target! - 1, link: row.targetBefore }
  const facts: Facts = {
    roomKey,
    seq: row.target!,
    kind: row.targetKind!,
    actorId: row.targetActorId!,
    at: row.targetAt!,
    target: row.targetTarget,
    replyTo: row.targetReplyTo,
    clientId: row.targetClientId,
    detail: row.targetDetail,
  }
  // Where the entry before it is missing, only that can be said, and is when it is read.
  if (before.head > 0 && before.link === null) return true
  return isGenuine(tools, before, facts, row.targetLink)
}

/** Whether a text was deleted is for the log to say; the row of the message only repeats it. */
function standingOf(tools: Tools, roomKey: number, row: LogRow): { deletedAt: Date | null; wrong: boolean } {
  const kind = kindName(row.kind)
  if (kind !== 'message.created' && kind !== 'message.edited') return { deletedAt: null, wrong: false }
  const marked = kind === 'message.created' ? row.deletedAt : row.targetDeletedAt
  const wrong = marked?.getTime() !== row.goneAt?.getTime() || (row.body === null) !== (row.goneAt !== null)
  if (wrong) reportBreak(tools, 'standing', roomKey, row.target ?? row.seq)
  return { deletedAt: row.goneAt, wrong }
}
