import type { Arrangement } from '../../protocol/arrangements.ts'
import type { Sql } from '../../storage/storage.ts'

export type ArrangementRow = { userId: string; order: Arrangement['order']; sealed: string }

export async function listArrangements({ query }: Sql, people: string[]): Promise<ArrangementRow[]> {
  return query<ArrangementRow>(
    'select user_id as "userId", list_order as "order", sealed from arrangements where user_id = any($1::uuid[])',
    [people],
  )
}

export async function putArrangement({ query }: Sql, row: ArrangementRow): Promise<void> {
  await query(
    `insert into arrangements (user_id, list_order, sealed) values ($1, $2, $3)
     on conflict (user_id) do update set list_order = excluded.list_order, sealed = excluded.sealed`,
    [row.userId, row.order, row.sealed],
  )
}

/** The rooms of sections that are gone are in none. */
export async function keepSections({ query }: Sql, user: string, sections: string[]): Promise<void> {
  await query('update members set section = null where user_id = $1 and section <> all($2::uuid[])', [
    user,
    sections,
  ])
}
