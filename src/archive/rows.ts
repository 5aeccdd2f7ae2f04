import { kindNumbers } from '../features/log/entry.ts'
import type { Sql } from '../storage/storage.ts'
import { type Table, tables } from './tables.ts'

const rowsAtOnce = 500

/** A row stays the text that the database made of it. It is not parsed, so no value is lost, and it is fast. */
type Found = { row: string }

const selectFrom = (table: string): string => `select row_to_json(${table})::text as row from ${table}`
const textsOf = (found: Found[]): string[] => found.map(({ row }) => row)

/** All rows of a table after the key `since`, in the order of the key, in pages. */
export async function* pagesOf(
  { query }: Sql,
  { name, key, only }: Table,
  since?: unknown[],
): AsyncGenerator<string[]> {
  const columns = key.join(', ')
  const after = `(${columns}) > (${key.map((_, index) => `$${index + 1}`).join(', ')})`
  for (let place = since; ; ) {
    const conditions = [...(place ? [after] : []), ...(only === undefined ? [] : [only])]
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
    const rows = textsOf(
      await query<Found>(`${selectFrom(name)} ${where} order by ${columns} limit ${rowsAtOnce}`, place ?? []),
    )
    if (rows.length > 0) yield rows
    if (rows.length < rowsAtOnce) return
    place = keyOf(rows.at(-1)!, key)
  }
}

export function keyOf(row: string, key: string[]): unknown[] {
  const values = JSON.parse(row) as Record<string, unknown>
  return key.map((column) => values[column])
}

/** One page of a room's entries after `since`. */
export async function readEntries({ query }: Sql, room: number, since: number): Promise<string[]> {
  const found = await query<Found>(
    `${selectFrom('log')} where room_key = $1 and seq > $2 order by seq limit ${rowsAtOnce}`,
    [room, since],
  )
  return textsOf(found)
}

/** The head of every room's log, by its key. */
export async function readHeads({ query }: Sql): Promise<Map<number, number>> {
  const rows = await query<{ key: number; head: number }>(
    `select key, coalesce((select max(seq) from log where room_key = key), 0)::bigint as head from rooms`,
  )
  return new Map(rows.map(({ key, head }) => [key, head]))
}

/** The messages that the entries after `since` are about. */
export async function readTargets({ query }: Sql, room: number, since: number): Promise<number[]> {
  const rows = await query<{ target: number }>(
    `select distinct target from log where room_key = $1 and seq > $2 and target is not null`,
    [room, since],
  )
  return rows.map(({ target }) => target)
}

/** These messages, and the edits of deleted ones: a deletion removes the text of the message's edits too. */
export async function readMessages({ query }: Sql, room: number, seqs: number[]): Promise<string[]> {
  const messages = await query<Found & { gone: boolean; seq: number }>(
    `select row_to_json(log)::text as row, deleted_at is not null as gone, seq from log
     where room_key = $1 and seq = any($2::bigint[])`,
    [room, seqs],
  )
  const gone = messages.filter(({ gone }) => gone).map(({ seq }) => seq)
  if (gone.length === 0) return textsOf(messages)
  const edits = await query<Found>(
    `${selectFrom('log')} where room_key = $1 and seq > $2 and kind = ${kindNumbers['message.edited']} and target = any($3::bigint[])`,
    [room, Math.min(...gone), gone],
  )
  return textsOf([...messages, ...edits])
}

export async function readReactions({ query }: Sql, room: number, seqs: number[]): Promise<string[]> {
  const found = await query<Found>(
    `${selectFrom('reactions')} where room_key = $1 and seq = any($2::bigint[])`,
    [room, seqs],
  )
  return textsOf(found)
}

/** The last number of every identity column, by `table.column`. */
export async function readCounters({ query }: Sql): Promise<Record<string, number>> {
  const counters: Record<string, number> = {}
  for (const { name, counter } of tables) {
    if (counter === undefined) continue
    const [row] = await query<{ last: number }>(
      `select coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass), 0)::bigint as last`,
      [name, counter],
    )
    counters[`${name}.${counter}`] = row!.last
  }
  return counters
}
