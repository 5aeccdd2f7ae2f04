import type { Entry, LogRoom, Tip } from '../src/features/log/entry.ts'
import { rowOf } from '../src/features/log/row.ts'
import { insertRows, type NewRow } from '../src/features/log/store.ts'
import { marks, searchKeys } from '../src/features/search/keys.ts'
import { createPositions } from '../src/features/search/store.ts'
import type { Person, Tools } from '../src/scope.ts'
import { textOf } from './search-texts.ts'

const rowsAtOnce = 2000

type Filled = { storedSeconds: number; indexedSeconds: number }

/**
 * Messages as the writer stores them, and their words as the indexer does, but without anybody who waits; the indexes of the words are made at
 * the end. The server must not have an indexer of its own (`SEARCH=off`).
 */
export async function fillMessages(
  tools: Tools,
  rooms: LogRoom[],
  person: Pick<Person, 'id'>,
  messages: number,
): Promise<Filled> {
  const { query } = tools.sql
  const indexes = await query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes where tablename = 'search_words' and indexname <> 'search_words_pkey'`,
  )
  for (const { name } of indexes) await query(`drop index ${name}`)
  const tips = await tipsOf(tools, rooms)
  const start = Date.now() - messages * 100
  let began = performance.now()
  let storing: Promise<unknown> = Promise.resolve()
  for (let n = 0; n < messages; ) {
    const rows: NewRow[] = []
    const words: string[] = []
    for (; rows.length < rowsAtOnce && n < messages; n++) {
      const room = rooms[Math.floor(rooms.length * Math.random() ** 2)]!
      const before = tips.get(room.key)!
      const at = new Date(Math.max(start + n * 100, before.at.getTime()))
      const text = textOf()
      const entry = { kind: 'message.created', actor: person, text, seq: before.head + 1, at } as Entry
      const row = rowOf(tools, room, entry, before)
      rows.push(row)
      words.push(`"{${[...searchKeys(tools).hashesIn(text, [marks.author(person.id)])].join()}}"`)
      tips.set(room.key, { head: entry.seq, at, link: row.link })
    }
    await storing
    storing = Promise.all([insertRows(tools.sql, rows), insertWords(tools, rows, words)])
    storing.catch(() => {})
    if (n % 100_000 === 0) console.error(n, `${((performance.now() - began) / 1000).toFixed(0)} s`)
  }
  await storing
  const storedSeconds = (performance.now() - began) / 1000
  began = performance.now()
  await tools.sql.withoutTimeLimits(async (sql) => {
    if (tools.sql.kind === 'postgres') await sql.query(`set maintenance_work_mem = '1GB'`)
    for (const { definition } of indexes) await sql.query(definition)
    await createPositions(sql, searchKeys(tools).currentId)
    await sql.query('update search_positions set filling = 0')
    if (tools.sql.kind === 'postgres') await sql.query('reset maintenance_work_mem')
  })
  return { storedSeconds, indexedSeconds: (performance.now() - began) / 1000 }
}

async function tipsOf({ sql }: Tools, rooms: LogRoom[]): Promise<Map<number, Tip>> {
  const rows = await sql.query<Tip & { key: number }>(
    `select distinct on (room_key) room_key as key, seq as head, at, encode(uuid_send(link), 'hex') as link
     from log where room_key = any($1::int[]) order by room_key, seq desc`,
    [rooms.map(({ key }) => key)],
  )
  return new Map(rows.map(({ key, ...tip }) => [key, tip]))
}

async function insertWords({ sql }: Tools, rows: NewRow[], words: string[]): Promise<void> {
  await sql.query(
    `insert into search_words (room_key, seq, at, terms)
     select room_key, seq, at, terms::int[] from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::text[]) as row (room_key, seq, at, terms)`,
    [
      `{${rows.map(({ roomKey }) => roomKey)}}`,
      `{${rows.map(({ seq }) => seq)}}`,
      `{${rows.map(({ at }) => at.toISOString())}}`,
      `{${words.join()}}`,
    ],
  )
}
