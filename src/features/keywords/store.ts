import type { Sql } from '../../storage/storage.ts'

export type KeywordRow = { userId: string; hash: string; sealed: string; since: Date }

const columns = 'user_id as "userId", hash, sealed, since'

export const listKeywordRows = (sql: Sql, user: string): Promise<KeywordRow[]> => listKeywordsOf(sql, [user])

export async function listKeywordsOf({ query }: Sql, people: string[]): Promise<KeywordRow[]> {
  return query<KeywordRow>(`select ${columns} from keywords where user_id = any($1::uuid[])`, [people])
}

/** Those that were set since, of everybody, in the order of their owners. */
export async function listKeywordsAfter(
  { query }: Sql,
  { since, after, limit }: { since: Date; after: { user: string; hash: string }; limit: number },
): Promise<KeywordRow[]> {
  return query<KeywordRow>(
    `select ${columns} from keywords where since >= $1 and (user_id, hash) > ($2::uuid, $3::uuid)
     order by user_id, hash limit $4`,
    [since, after.user, after.hash, limit],
  )
}

/** Those that the person had before keep the time since when they mean them. */
export async function putKeywords({ query }: Sql, user: string, rows: KeywordRow[]): Promise<void> {
  const hashes = rows.map(({ hash }) => hash)
  await query('delete from keywords where user_id = $1 and hash <> all($2::uuid[])', [user, hashes])
  if (rows.length === 0) return
  await query(
    `insert into keywords (user_id, hash, sealed, since)
     select $1::uuid, hash, sealed, $4::timestamptz from unnest($2::uuid[], $3::text[]) as row (hash, sealed)
     on conflict (user_id, hash) do update set sealed = excluded.sealed`,
    [user, hashes, rows.map(({ sealed }) => sealed), rows[0]!.since],
  )
}
