import type { Sql } from '../../storage/storage.ts'
import type { Place } from '../links/store.ts'

export type Kept = { id: string; hash: string; state: 'wanted' | 'ready' | 'none'; ageMs: number }

/** What is known under these hashes. */
export async function findKept({ query }: Sql, hashes: readonly string[]): Promise<Kept[]> {
  return query<Kept>(
    `select id, hash, state, (extract(epoch from now() - at) * 1000)::float8 as "ageMs"
     from link_previews where hash = any($1::text[])`,
    [hashes],
  )
}

/** Whether the message is still as it was when somebody looked at it. Until the end of the transaction nobody changes that. */
export async function isStill(
  { query }: Sql,
  { roomKey, seq }: Place,
  editedSeq: number | null,
): Promise<boolean> {
  const rows = await query(
    `select 1 from log where room_key = $1 and seq = $2 and deleted_at is null
       and coalesce(edited_seq, 0) = $3 for share`,
    [roomKey, seq, editedSeq ?? 0],
  )
  return rows.length === 1
}

/** Messages go on showing it, and the next one with its address has it fetched again. */
export async function retire({ query }: Sql, ids: readonly string[]): Promise<void> {
  await query('update link_previews set hash = null where id = any($1::text[])', [ids])
}

export async function insertWanted(
  { query }: Sql,
  { id, hash, sealed }: { id: string; hash: string; sealed: string },
): Promise<void> {
  await query(
    `insert into link_previews (id, hash, sealed, state, at) values ($1, $2, $3, 'wanted', now())`,
    [id, hash, sealed],
  )
}

export async function listOf(
  { query }: Sql,
  { roomKey, seq }: Place,
): Promise<{ id: string; removed: boolean }[]> {
  return query(
    'select preview_id as id, removed from message_previews where room_key = $1 and seq = $2 order by place',
    [roomKey, seq],
  )
}

export async function unshow({ query }: Sql, { roomKey, seq }: Place, ids: readonly string[]): Promise<void> {
  await query(
    'delete from message_previews where room_key = $1 and seq = $2 and preview_id = any($3::text[])',
    [roomKey, seq, ids],
  )
}

/** Gives a message these previews, in this order; one that was removed stays so. */
export async function show({ query }: Sql, { roomKey, seq }: Place, ids: readonly string[]): Promise<void> {
  await query(
    `insert into message_previews (room_key, seq, preview_id, place)
     select $1::int, $2::bigint, id, place from unnest($3::text[]) with ordinality as asked (id, place)
     on conflict (room_key, seq, preview_id) do update set place = excluded.place`,
    [roomKey, seq, ids],
  )
}

export type Claimed = { id: string; sealed: string; tries: number }

/** The next one that nobody fetches, for this node. */
export async function claimWanted(
  { query }: Sql,
  node: string,
  leaseMs: number,
): Promise<Claimed | undefined> {
  const [row] = await query<Claimed>(
    `update link_previews set node = $1, node_until = now() + make_interval(secs => $2::float8 / 1000), tries = tries + 1
     where id = (
       select id from link_previews where state = 'wanted' and (node_until is null or node_until < now())
       order by id limit 1 for update skip locked
     ) returning id, sealed, tries`,
    [node, leaseMs],
  )
  return row
}

/** False if another node has it, or no message shows it any more. */
export async function markReady(
  { query }: Sql,
  node: string,
  { id, sealed, picture }: { id: string; sealed: string; picture: string | null },
): Promise<boolean> {
  const rows = await query(
    `update link_previews set state = 'ready', sealed = $3, picture = $4, at = now(), node = null, node_until = null
     where id = $1 and node = $2 and state = 'wanted'
       and exists (select 1 from message_previews where preview_id = $1 and not removed) returning 1`,
    [id, node, sealed, picture],
  )
  return rows.length === 1
}

/** Nothing is known of the page but that there was nothing to show. */
export async function markNone({ query }: Sql, node: string, id: string): Promise<void> {
  const rows = await query(
    `update link_previews set state = 'none', sealed = '', at = now(), node = null, node_until = null
     where id = $1 and node = $2 and state = 'wanted' returning 1`,
    [id, node],
  )
  if (rows.length === 1) await query('delete from message_previews where preview_id = $1', [id])
}

/** What this node was fetching when it ends is for the others, or for the next start. */
export async function releaseAll({ query }: Sql, node?: string): Promise<void> {
  await query(
    `update link_previews set node = null, node_until = null, tries = tries - $2
     where state = 'wanted' and node is not null and ($1::text is null or node = $1)`,
    // A process that was killed may have been killed by the page.
    [node ?? null, node === undefined ? 0 : 1],
  )
}

export async function hasWanted({ query }: Sql): Promise<boolean> {
  const rows = await query(
    `select 1 from link_previews where state = 'wanted' and (node_until is null or node_until < now()) limit 1`,
  )
  return rows.length > 0
}
