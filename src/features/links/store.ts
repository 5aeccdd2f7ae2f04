import type { Sql } from '../../storage/storage.ts'

export type Place = { roomKey: number; seq: number }

/**
 * Two transactions about previews follow one another: a page that no message shows any more is not deleted while one begins to. To be called
 * first in a transaction; nothing that people wait for does.
 */
export async function lockPreviews({ query }: Sql): Promise<void> {
  await query(`select pg_advisory_xact_lock(hashtextextended('link previews', 0))`)
}

export type ShownRow = Place & { id: string; sealed: string }

/** What these messages show, in the order of their links. */
export async function listShown({ query }: Sql, places: readonly Place[]): Promise<ShownRow[]> {
  return query<ShownRow>(
    `select shown.room_key as "roomKey", shown.seq, preview.id, preview.sealed
     from unnest($1::int[], $2::bigint[]) as asked (room_key, seq)
     join message_previews as shown on shown.room_key = asked.room_key and shown.seq = asked.seq and not shown.removed
     join link_previews as preview on preview.id = shown.preview_id and preview.state = 'ready'
     order by shown.room_key, shown.seq, shown.place`,
    [places.map(({ roomKey }) => roomKey), places.map(({ seq }) => seq)],
  )
}

/** The newest messages after `after` that show something, of each of these rooms. */
export async function listLately(
  { query }: Sql,
  rooms: readonly { key: number; after: number }[],
  limit: number,
): Promise<Place[]> {
  return query<Place>(
    `select asked.key as "roomKey", last.seq from unnest($1::int[], $2::bigint[]) as asked (key, after) cross join lateral (
       select distinct seq from message_previews as shown
       where shown.room_key = asked.key and shown.seq > asked.after and not shown.removed order by seq desc limit $3
     ) as last order by asked.key, last.seq`,
    [rooms.map(({ key }) => key), rooms.map(({ after }) => after), limit],
  )
}

export type Named = { key: number; id: string; epoch: string }

/** These rooms by key, of those that exist. */
export async function nameRooms({ query }: Sql, keys: readonly number[]): Promise<Map<number, Named>> {
  const rows = await query<Named>(
    'select key, id, epoch from rooms where key = any($1::int[]) and deleted_at is null',
    [keys],
  )
  return new Map(rows.map((room) => [room.key, room]))
}

/** The messages that show this preview, or would if it were there; the newest first. */
export async function listPlacesOf({ query }: Sql, id: string, limit: number): Promise<Place[]> {
  return query<Place>(
    `select room_key as "roomKey", seq from message_previews where preview_id = $1 and not removed
     order by seq desc limit $2`,
    [id, limit],
  )
}

/** The sealed picture of a preview that this message shows. */
export async function findPicture(
  { query }: Sql,
  { roomKey, seq }: Place,
  id: string,
): Promise<{ id: string; sealed: string; picture: string } | undefined> {
  const [row] = await query<{ id: string; sealed: string; picture: string }>(
    `select preview.id, preview.sealed, preview.picture from message_previews as shown
     join link_previews as preview on preview.id = shown.preview_id and preview.state = 'ready' and preview.picture is not null
     where shown.room_key = $1 and shown.seq = $2 and shown.preview_id = $3 and not shown.removed`,
    [roomKey, seq, id],
  )
  return row
}

/** Remembers that nobody wants this preview of a message. False if it shows no such preview. */
export async function markRemoved({ query }: Sql, { roomKey, seq }: Place, id: string): Promise<boolean> {
  const rows = await query(
    `update message_previews set removed = true
     where room_key = $1 and seq = $2 and preview_id = $3 and not removed returning 1`,
    [roomKey, seq, id],
  )
  return rows.length === 1
}

/** Everything about the previews of these messages. Returns the ids of what they had. */
export async function deleteOfMessages({ query }: Sql, roomKey: number, seqs: number[]): Promise<string[]> {
  const rows = await query<{ id: string }>(
    'delete from message_previews where room_key = $1 and seq = any($2::bigint[]) returning preview_id as id',
    [roomKey, seqs],
  )
  return rows.map(({ id }) => id)
}

const unused = `not exists (select 1 from message_previews as shown where shown.preview_id = link_previews.id and not shown.removed)`

/** Those of these that no message shows. What was not found is remembered for a while: it says nothing. */
export async function deleteUnused({ query }: Sql, ids: readonly string[]): Promise<void> {
  await query(`delete from link_previews where id = any($1::text[]) and state <> 'none' and ${unused}`, [ids])
}

/** The same for all, with what was not found so long ago that it may be there now. */
export async function deleteAllUnused({ query }: Sql, notFoundMs: number): Promise<void> {
  await query(
    `delete from link_previews where ${unused}
     and (state <> 'none' or at < now() - make_interval(secs => $1::float8 / 1000))`,
    [notFoundMs],
  )
}

/** Those of messages that were deleted while somebody added one. */
export async function deleteOfDeleted({ query }: Sql): Promise<void> {
  await query(
    `delete from message_previews as shown where not exists (
       select 1 from log where log.room_key = shown.room_key and log.seq = shown.seq and log.deleted_at is null
     )`,
  )
}

/** Nobody is to have previews any more. */
export async function deleteAll({ query }: Sql): Promise<void> {
  const some = await query('select 1 from link_previews union all select 1 from message_previews limit 1')
  if (some.length > 0) await query('truncate link_previews, message_previews')
}

export type SealedRow = { id: string; sealed: string }

export async function listSealed({ query }: Sql, after: string, limit: number): Promise<SealedRow[]> {
  return query<SealedRow>(
    `select id, sealed from link_previews where id > $1 and sealed <> '' order by id limit $2`,
    [after, limit],
  )
}

/** Unless somebody has changed it meanwhile. */
export async function exchangeSealed({ query }: Sql, { id, sealed }: SealedRow, to: string): Promise<void> {
  await query('update link_previews set sealed = $3, hash = null where id = $1 and sealed = $2', [
    id,
    sealed,
    to,
  ])
}
