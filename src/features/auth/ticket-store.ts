import type { Sql } from '../../storage/storage.ts'

/** Stores a ticket, and deletes those that are older than `seconds` and all but the newest `most` of its user. */
export async function storeTicket(
  { query }: Sql,
  ticket: { hash: string; session: string; user: string },
  { seconds, most }: { seconds: number; most: number },
): Promise<void> {
  await query(
    `with own as (
       insert into tickets (hash, session_id) values ($1, $2)
     ), late as (
       select hash from tickets where created_at < now() - make_interval(secs => $4) for update skip locked
     ), more as (
       select hash from tickets join sessions on sessions.id = session_id
       where user_id = $3 order by tickets.created_at desc offset $5 for update of tickets skip locked
     )
     delete from tickets where hash in (select hash from late) or hash in (select hash from more)`,
    [ticket.hash, ticket.session, ticket.user, seconds, most - 1],
  )
}

type TakenTicket = { session: string; user: string; ageMs: number }

/** Deletes a ticket and returns whose it was, and how old: of many at the same time, on any node, one gets it. */
export async function takeTicket({ query }: Sql, hash: string): Promise<TakenTicket | undefined> {
  const [taken] = await query<TakenTicket>(
    `with taken as (delete from tickets where hash = $1 returning session_id, created_at)
     select session_id as session, user_id as "user",
       (extract(epoch from clock_timestamp() - taken.created_at) * 1000)::float8 as "ageMs"
     from taken join sessions on sessions.id = session_id`,
    [hash],
  )
  return taken
}
