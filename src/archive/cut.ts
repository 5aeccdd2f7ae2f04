import type { Sql, Storage } from '../storage/storage.ts'
import {
  keyOf,
  pagesOf,
  readCounters,
  readEntries,
  readHeads,
  readMessages,
  readReactions,
  readTargets,
} from './rows.ts'
import { type Table, tableNamed, tables } from './tables.ts'

export type Sink = {
  rows(table: string, rows: string[]): Promise<void>
  /** Drop the rows so far that have these values: they were read too early. */
  forget(table: string, values: object): Promise<void>
  counters(counters: Record<string, number>): Promise<void>
}

/** Passes every row to the sink, all as they were at one moment. */
export function readCut(storage: Storage, sink: Sink): Promise<void> {
  return storage.kind === 'postgres' ? readSnapshot(storage, sink) : readWhileLive(storage, sink)
}

/** On a Postgres server, a long transaction sees one moment and blocks nobody. */
function readSnapshot(storage: Storage, sink: Sink): Promise<void> {
  return storage.withoutTimeLimits(({ transaction }) =>
    transaction(async (sql) => {
      await sql.query('set transaction isolation level repeatable read, read only')
      for (const table of tables) {
        for await (const rows of pagesOf(sql, table)) await sink.rows(table.name, rows)
      }
      await sink.counters(await readCounters(sql))
    }),
  )
}

/** So many rows the last transaction can read in a moment. */
const fewRows = 1000
const mostRounds = 10

/**
 * The embedded database has one connection, and the chat waits for every transaction on it. So we read the large tables
 * first, in short pages without a transaction: their rows are only appended, and a later entry marks every row that
 * changes. Then one short transaction reads the new rows, the changed rows and the small tables. Its rows stay in memory
 * until it ends, because the reader of the backup may be slow.
 */
async function readWhileLive(storage: Storage, sink: Sink): Promise<void> {
  const ahead = await readAhead(storage, sink)
  const buffered: (() => Promise<void>)[] = []
  const buffer: Sink = {
    rows: async (table, rows) => void buffered.push(() => sink.rows(table, rows)),
    forget: async (table, values) => void buffered.push(() => sink.forget(table, values)),
    counters: async (counters) => void buffered.push(() => sink.counters(counters)),
  }
  await storage.transaction((sql) => readRest(sql, ahead, buffer))
  for (const send of buffered) await send()
}

type Ahead = {
  /** The heads before anything was read: later entries may mark rows that were read. */
  heads: Map<number, number>
  /** How far each room's log has been read. */
  read: Map<number, number>
  lastAudit: unknown[] | undefined
}

const log = tableNamed('log')
const reactions = tableNamed('reactions')
const audit = tableNamed('audit')

async function readAhead(sql: Sql, sink: Sink): Promise<Ahead> {
  const heads = await readHeads(sql)
  const read = new Map<number, number>()
  let found = await readLogs(sql, heads, read, sink)
  for await (const rows of pagesOf(sql, reactions)) await sink.rows(reactions.name, rows)
  let lastAudit: unknown[] | undefined
  for await (const rows of pagesOf(sql, audit)) {
    await sink.rows(audit.name, rows)
    lastAudit = keyOf(rows.at(-1)!, audit.key)
  }
  // New messages arrive while we read, so repeat until few rows are left.
  for (let round = 0; round < mostRounds && found > fewRows; round++) {
    found = await readLogs(sql, await readHeads(sql), read, sink)
  }
  return { heads, read, lastAudit }
}

/** Reads the new entries of every log and returns their number. */
async function readLogs(
  sql: Sql,
  heads: Map<number, number>,
  read: Map<number, number>,
  sink: Sink,
): Promise<number> {
  let found = 0
  for (const [room, head] of heads) {
    for (let since = read.get(room) ?? 0; since < head; ) {
      const entries = await readEntries(sql, room, since)
      if (entries.length === 0) break
      await sink.rows(log.name, entries)
      found += entries.length
      since = keyOf(entries.at(-1)!, log.key)[1] as number
      read.set(room, since)
    }
  }
  return found
}

const readAheadOf = (table: Table): boolean => [log, reactions, audit].includes(table)

async function readRest(sql: Sql, { heads, read, lastAudit }: Ahead, sink: Sink): Promise<void> {
  for (const table of tables.filter((table) => !readAheadOf(table))) {
    for await (const rows of pagesOf(sql, table)) await sink.rows(table.name, rows)
  }
  const present = await readHeads(sql)
  for (const [room, head] of present) {
    const before = heads.get(room) ?? 0
    const upTo = read.get(room) ?? 0
    if (head < Math.max(before, upTo)) await forgetRoom(room, sink)
    else if (head > before) await readMarked(sql, room, before, upTo, sink)
  }
  await readLogs(sql, present, read, sink)
  for await (const rows of pagesOf(sql, audit, lastAudit)) await sink.rows(audit.name, rows)
  await sink.counters(await readCounters(sql))
}

/** The room was deleted during the backup, with all its messages. */
async function forgetRoom(room: number, sink: Sink): Promise<void> {
  for (const { name } of [log, reactions]) await sink.forget(name, { room_key: room })
}

/** Reads messages again that were edited, deleted, pinned or reacted to after they were read. */
async function readMarked(sql: Sql, room: number, since: number, upTo: number, sink: Sink): Promise<void> {
  const targets = await readTargets(sql, room, since)
  if (targets.length === 0) return
  for (const row of await readMessages(
    sql,
    room,
    targets.filter((seq) => seq <= upTo),
  )) {
    const seq = keyOf(row, log.key)[1] as number
    if (seq > upTo) continue
    await sink.forget(log.name, { room_key: room, seq })
    await sink.rows(log.name, [row])
  }
  for (const seq of targets) await sink.forget(reactions.name, { room_key: room, seq })
  const reacted = await readReactions(sql, room, targets)
  if (reacted.length > 0) await sink.rows(reactions.name, reacted)
}
