import { createMessageCipher, Tampered } from '../../crypto/messages.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { kindName, kindNumbers, markKinds, noTip, reservedKind, type Tip } from '../log/entry.ts'
import type { Facts } from '../log/facts.ts'
import { isGenuine, isLinked } from '../log/integrity.ts'
import { isOld, placeIn } from '../log/seal.ts'
import { type Place, placeAfter } from '../log/sealed.ts'
import { linkText } from '../log/store.ts'
import { isStandingTrue, type MarkedRow } from './standing.ts'
import { type Marks, readMarks } from './store.ts'
import { listWrongReactions } from './verify-reactions.ts'
import { listWrongThreads } from './verify-threads.ts'

type FindingKind =
  /** Entries are missing before this one. */
  | 'hole'
  /** The entry is not what was appended there. */
  | 'changed'
  /** The text does not open. */
  | 'unreadable'
  /** The message was edited, deleted, pinned or none of it, and its row says otherwise. */
  | 'standing'
  /** It has no link, although the community is linked. */
  | 'unlinked'
  /** Its reactions are not those that the log has. */
  | 'reactions'
  /** It has a file that is nowhere. */
  | 'file_missing'

export type Finding = { room: string; seq: number; what: FindingKind }

type Row = Facts & MarkedRow & { link: string | null; lastMark: number | null }

const rowsAtOnce = 1000

type Walk = {
  signal: AbortSignal
  /** How many entries there are to verify. */
  begin(entries: number): void
  read(rows: number): void
  found(finding: Finding): void
}

/** Reads every entry of every room. Entries that are stored during the run are left to the next one. */
export async function verifyLogs(tools: Tools, sql: Sql, walk: Walk): Promise<void> {
  const cipher = createMessageCipher(tools.policy.keyring)
  const opens = (row: Row): boolean => {
    if (row.body === null) return true
    if (isOld(row.body) && isLinked(tools)) return false
    try {
      cipher.open(row.body, placeIn(row.body, row))
      return true
    } catch (error) {
      if (error instanceof Tampered) return false
      throw error
    }
  }
  const logs = new Map((await listLogs(sql)).map((log) => [log.key, log]))
  const heads = new Map([...logs].map(([key, { head }]) => [key, head]))
  walk.begin([...heads.values()].reduce((sum, head) => sum + head, 0))
  let before: Before = { ...noTip, roomKey: 0 }
  const check = (room: string, row: Row, marks: Marks | undefined): void => {
    const found = (what: FindingKind) => walk.found({ room, seq: row.seq, what })
    if (row.roomKey !== before.roomKey) before = { ...noTip, roomKey: row.roomKey }
    const follows = row.seq === before.head + 1
    if (!follows) found('hole')
    if (row.link === null && isLinked(tools)) found('unlinked')
    else if (!kindName(row.kind) || (follows && !isGenuine(tools, before, row, row.link))) found('changed')
    if (!opens(row)) found('unreadable')
    const isMessage = row.kind === kindNumbers['message.created']
    const emptied = isMessage && row.body === null && row.deletedAt === null
    if (isMessage && (emptied || !isStandingTrue(tools, row.roomKey, row, marks))) found('standing')
    before = { head: row.seq, link: row.link, roomKey: row.roomKey }
  }
  // Pages go over the ends of rooms: a query for each would take most of the time where there are very many.
  for (let at: Place | undefined = { roomKey: 0, seq: 0 }; at; ) {
    walk.signal.throwIfAborted()
    const page: Row[] = await readPage(sql, at)
    const rows = page.filter(({ roomKey, seq }) => seq <= (heads.get(roomKey) ?? 0))
    for (const [roomKey, own] of Map.groupBy(rows, (row) => row.roomKey)) {
      const seen = own.flatMap(({ seq, lastMark }) => (lastMark === null ? [] : [{ seq, lastMark }]))
      const marks: Map<number, Marks> = seen.length === 0 ? new Map() : await readMarks(sql, roomKey, seen)
      for (const row of own) check(logs.get(roomKey)!.id, row, marks.get(row.seq))
    }
    for (const { roomKey, seq } of await listWithoutFile(sql, rows))
      walk.found({ room: logs.get(roomKey)!.id, seq, what: 'file_missing' })
    walk.read(rows.length)
    const last = page.at(-1)
    at = last && placeAfter(last, heads)
  }
}

/** Those of these messages that have a file without a row. The files of an erased person are gone with them. */
async function listWithoutFile({ query }: Sql, rows: Row[]): Promise<Place[]> {
  const some = rows.filter(({ detail, deletedAt }) => deletedAt === null && detail?.files)
  if (some.length === 0) return []
  return query<Place>(
    `select distinct log.room_key as "roomKey", log.seq
     from unnest($1::int[], $2::bigint[]) as asked (room_key, seq)
     join log on log.room_key = asked.room_key and log.seq = asked.seq and log.deleted_at is null
     join users on users.id = log.actor_id and users.deleted_at is null
     cross join lateral jsonb_array_elements_text(log.detail->'files') as file (id)
     where not exists (select 1 from files where files.id = file.id and files.state = 'ready')`,
    [some.map(({ roomKey }) => roomKey), some.map(({ seq }) => seq)],
  )
}

type Before = Pick<Tip, 'head' | 'link'> & { roomKey: number }

const entriesOfReactionsAtOnce = 100_000

/** Compares the reactions and threads of every room with its log, some rooms at a time. */
export async function verifyDerived(sql: Sql, walk: Pick<Walk, 'signal' | 'found'>): Promise<void> {
  const logs = await listLogs(sql)
  for (let first = 0; first < logs.length; ) {
    walk.signal.throwIfAborted()
    let last = first
    for (let entries = logs[first]!.head; last + 1 < logs.length; last++) {
      entries += logs[last + 1]!.head
      if (entries > entriesOfReactionsAtOnce) break
    }
    const rooms = { from: logs[first]!.key, to: logs[last]!.key }
    for (const place of await listWrongReactions(sql, rooms)) walk.found({ ...place, what: 'reactions' })
    for (const place of await listWrongThreads(sql, rooms)) walk.found({ ...place, what: 'changed' })
    first = last + 1
  }
}

async function listLogs({ query }: Sql): Promise<{ key: number; id: string; head: number }[]> {
  return query(
    `select key, id, coalesce((select max(seq) from log where room_key = key and kind <> ${reservedKind}), 0)::bigint as head
     from rooms where deleted_at is null order by key`,
  )
}

async function readPage({ query }: Sql, after: Place): Promise<Row[]> {
  return query<Row>(
    `select room_key as "roomKey", seq, kind, actor_id as "actorId", at, target, reply_to as "replyTo",
            client_id as "clientId", detail, body, ${linkText('log')} as link,
            edited_seq as "editedSeq", deleted_at as "deletedAt", pinned_at as "pinnedAt",
            case when standing is not null then encode(uuid_send(standing), 'hex') end as standing,
            (select max(marks.seq + 0) from log marks where marks.room_key = log.room_key and marks.target = log.seq
               and marks.kind in (${markKinds})) as "lastMark"
     from log where (room_key, seq) > ($1::int, $2::bigint) order by room_key, seq limit $3`,
    [after.roomKey, after.seq, rowsAtOnce],
  )
}

/** Read marks and receipts that point behind the end of their log. */
export async function listMarksBeyond({ query }: Sql): Promise<{ room: string; seq: number }[]> {
  return query(
    `select id as room, greatest(read_seq, delivered_seq)::bigint as seq from members
     join rooms on rooms.key = members.room_key and rooms.deleted_at is null
     where greatest(read_seq, delivered_seq) > coalesce((select max(seq) from log where room_key = rooms.key), 0)`,
  )
}
