import type postgres from 'postgres'
import type { Entry, LogRoom, Tip } from '../src/features/log/entry.ts'
import { rowOf } from '../src/features/log/row.ts'
import { insertRows, type NewRow } from '../src/features/log/store.ts'
import { marks, searchKeys } from '../src/features/search/keys.ts'
import { createPositions } from '../src/features/search/store.ts'
import type { Person, Tools } from '../src/scope.ts'
import { ranksOf, vocabulary } from './search-texts.ts'

const rowsAtOnce = 2000
/** Time between two messages: after the rooms were created, as a room's times rise. They end some hours from now. */
const everyMs = 1

type Filled = { storedSeconds: number; indexedSeconds: number }
type Words = { roomKey: number; seq: number; at: Date; terms: string }
type Sink = { add(rows: NewRow[], words: Words[]): Promise<unknown>; end(): Promise<void> }

/**
 * Messages as the writer stores them, and their words as the indexer does, but without anybody who waits; the indexes are made at the end. The
 * server must not have an indexer of its own (`SEARCH=off`). `copy`: into Postgres with COPY, and into tables that are not in its write-ahead
 * log, which is many times faster.
 */
export async function fillMessages(
  tools: Tools,
  rooms: LogRoom[],
  person: Pick<Person, 'id'>,
  messages: number,
  copy?: postgres.Sql,
): Promise<Filled> {
  const { query } = tools.sql
  const tables = copy ? `('search_words', 'log')` : `('search_words')`
  const indexes = await query<{ table: string; name: string; definition: string; isKey: boolean }>(
    `select tablename as table, indexname as name, indexdef as definition, indexname like '%_pkey' as "isKey"
     from pg_indexes where tablename in ${tables} ${copy ? '' : `and indexname not like '%_pkey'`}`,
  )
  const tips = await tipsOf(tools, rooms)
  for (const { table, name, isKey } of indexes)
    await query(isKey ? `alter table ${table} drop constraint ${name}` : `drop index ${name}`)
  if (copy) for (const table of ['search_words', 'log']) await query(`alter table ${table} set unlogged`)
  const sink = copy ? await copyInto(copy) : statementsInto(tools)
  const termsIn = createTerms(tools, person)
  const start = Date.now()
  let began = performance.now()
  let storing: Promise<unknown> = Promise.resolve()
  for (let n = 0; n < messages; ) {
    const rows: NewRow[] = []
    const words: Words[] = []
    for (; rows.length < rowsAtOnce && n < messages; n++) {
      const room = rooms[Math.floor(rooms.length * Math.random() ** 2)]!
      const before = tips.get(room.key)!
      const at = new Date(Math.max(start + n * everyMs, before.at.getTime()))
      const ranks = ranksOf()
      const text = ranks.map((rank) => vocabulary[rank]).join(' ')
      const entry = { kind: 'message.created', actor: person, text, seq: before.head + 1, at } as Entry
      const row = rowOf(tools, room, entry, before)
      rows.push(row)
      words.push({ roomKey: room.key, seq: entry.seq, at, terms: termsIn(ranks) })
      tips.set(room.key, { head: entry.seq, at, link: row.link })
    }
    await storing
    storing = sink.add(rows, words)
    storing.catch(() => {})
    if (n % 100_000 === 0) console.error(n, `${((performance.now() - began) / 1000).toFixed(0)} s`)
  }
  await storing
  await sink.end()
  const storedSeconds = (performance.now() - began) / 1000
  began = performance.now()
  await tools.sql.withoutTimeLimits(async (sql) => {
    if (tools.sql.kind === 'postgres') await sql.query(`set maintenance_work_mem = '1GB'`)
    for (const { table, name, definition, isKey } of indexes) {
      await sql.query(definition)
      if (isKey) await sql.query(`alter table ${table} add primary key using index ${name}`)
      console.error(name, `${((performance.now() - began) / 1000).toFixed(0)} s`)
    }
    await createPositions(sql, searchKeys(tools).currentId)
    await sql.query('update search_positions set filling = 0')
    if (tools.sql.kind === 'postgres') await sql.query('reset maintenance_work_mem')
  })
  return { storedSeconds, indexedSeconds: (performance.now() - began) / 1000 }
}

/** What the indexer makes of a text: as all its words are known, it need not be taken apart. */
function createTerms(tools: Tools, { id }: Pick<Person, 'id'>): (ranks: number[]) => string {
  const { hashesIn } = searchKeys(tools)
  const known = vocabulary.map((word) => [...hashesIn(word, [])])
  const author = [...hashesIn('', [marks.author(id)])]
  return (ranks) => `{${[...new Set([...ranks.flatMap((rank) => known[rank]!), ...author])].join()}}`
}

async function tipsOf({ sql }: Tools, rooms: LogRoom[]): Promise<Map<number, Tip>> {
  const rows = await sql.query<Tip & { key: number }>(
    `select distinct on (room_key) room_key as key, seq as head, at, encode(uuid_send(link), 'hex') as link
     from log where room_key = any($1::int[]) order by room_key, seq desc`,
    [rooms.map(({ key }) => key)],
  )
  return new Map(rows.map(({ key, ...tip }) => [key, tip]))
}

function statementsInto({ sql }: Tools): Sink {
  return {
    add: (rows, words) =>
      Promise.all([
        insertRows(sql, rows),
        sql.query(
          `insert into search_words (room_key, seq, at, terms) select room_key, seq, at, terms::int[]
           from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::text[]) as row (room_key, seq, at, terms)`,
          [
            `{${words.map(({ roomKey }) => roomKey)}}`,
            `{${words.map(({ seq }) => seq)}}`,
            `{${words.map(({ at }) => at.toISOString())}}`,
            `{${words.map(({ terms }) => `"${terms}"`)}}`,
          ],
        ),
      ]),
    end: async () => {},
  }
}

async function copyInto(client: postgres.Sql): Promise<Sink> {
  const log = await client`copy log (room_key, seq, kind, actor_id, at, body, link) from stdin`.writable()
  const index = await client`copy search_words (room_key, seq, at, terms) from stdin`.writable()
  const write = (stream: typeof log, lines: string[]): Promise<void> =>
    new Promise((resolve, reject) =>
      stream.write(`${lines.join('\n')}\n`, (error) => (error ? reject(error) : resolve())),
    )
  const end = (stream: typeof log): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.once('error', reject)
      stream.once('finish', resolve)
      stream.end()
    })
  return {
    add: (rows, words) =>
      Promise.all([
        write(
          log,
          rows.map(({ roomKey, seq, kind, actorId, at, body, link }) =>
            [roomKey, seq, kind, actorId, at.toISOString(), body, link].join('\t'),
          ),
        ),
        write(
          index,
          words.map(({ roomKey, seq, at, terms }) => [roomKey, seq, at.toISOString(), terms].join('\t')),
        ),
      ]),
    async end() {
      await Promise.all([end(log), end(index)])
    },
  }
}
