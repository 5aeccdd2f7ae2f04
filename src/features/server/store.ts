import type { ServerFacts } from '../../protocol/server-facts.ts'
import type { Sql } from '../../storage/storage.ts'

/** SQL text: the size of the database is a function of Postgres, and one statement asks for all of it. */
export async function countStored({ query }: Sql): Promise<ServerFacts['stored']> {
  const [row] = await query<ServerFacts['stored']>(
    `select pg_database_size(current_database())::bigint as database_bytes, files.*, users.*, rooms.*
     from (select count(*)::int as files, coalesce(sum(bytes), 0)::bigint as file_bytes from files where state = 'ready') as files,
          (select count(*) filter (where not bot)::int as people, count(*) filter (where bot)::int as bots
           from users where deleted_at is null) as users,
          (select count(*) filter (where access <> 'direct')::int as rooms,
                  count(*) filter (where access = 'direct')::int as directs
           from rooms where deleted_at is null) as rooms`,
  )
  return row!
}
