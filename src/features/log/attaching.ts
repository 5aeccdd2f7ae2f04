import type { Sql } from '../../storage/storage.ts'
import { type Entry, kindNumbers, type NewEntry } from './entry.ts'
import { meantColumns } from './meant.ts'
import { columnsOf, insertionNames, insertionTypes, type NewRow, storeUnlessRefused } from './store.ts'

/*
 * The statement that stores a message with files attaches them: a file is in one message, of its own person and in its own room, and a message
 * has all its files or is not stored.
 */

export const hasFiles = ({ detail }: Pick<NewEntry, 'detail'>): boolean => detail?.files !== undefined

/**
 * Like `insertRows`, with files. An entry that did not get all of its files gets no kind, which the table refuses: so either all is stored or
 * nothing, in one statement.
 */
export async function insertRowsWithFiles({ query }: Sql, rows: NewRow[]): Promise<number> {
  const [stored] = await query<{ count: number }>(insertWithFiles, [
    ...columnsOf(rows, 'each', true),
    ...meantColumns(rows),
  ])
  return stored!.count
}

const { 'message.created': created } = kindNumbers

const attachable = "files.seq is null and files.state = 'ready' and files.purpose = 'message'"

const insertWithFiles = `with row as materialized (
  select * from unnest($1::timestamptz[], ${insertionTypes}) as row (at, ${insertionNames})
), wanted as materialized (
  select room_key, seq, actor_id, jsonb_array_elements_text(detail::jsonb -> 'files') as id
  from row where kind = ${created} and detail is not null
), open as (
  select key from rooms where key = any($2::int[]) and deleted_at is null order by key for share
), attached as (
  update files set seq = wanted.seq from wanted
  where files.id = wanted.id and files.room_key = wanted.room_key and files.user_id = wanted.actor_id
    and wanted.room_key in (select key from open) and ${attachable}
  returning wanted.room_key, wanted.seq
), short as (
  select room_key, seq from wanted group by room_key, seq
  having count(*) > (select count(*) from attached
    where attached.room_key = wanted.room_key and attached.seq = wanted.seq)
), ${storeUnlessRefused(
  'case when short.seq is null then row.kind end',
  'left join short on short.room_key = row.room_key and short.seq = row.seq',
)}`

type Asked = { room: { key: number }; entry: Pick<Entry, 'actor' | 'detail'> }

/** Those of these messages that cannot get their files: not any more, or because one before it in the list gets them. */
export async function findUnattachable<Some extends Asked>(sql: Sql, messages: Some[]): Promise<Set<Some>> {
  const ids = messages.flatMap(({ entry }) => entry.detail?.files ?? [])
  const free = new Map(
    (
      await sql.query<{ id: string; owner: string }>(
        `select id, room_key || ' ' || user_id as owner from files where id = any($1::text[]) and ${attachable}`,
        [ids],
      )
    ).map(({ id, owner }) => [id, owner]),
  )
  const refused = new Set<Some>()
  for (const message of messages) {
    const { room, entry } = message
    const wanted = entry.detail?.files ?? []
    const isFree = wanted.every((id) => free.get(id) === `${room.key} ${entry.actor.id}`)
    if (!isFree) refused.add(message)
    else for (const id of wanted) free.delete(id)
  }
  return refused
}
