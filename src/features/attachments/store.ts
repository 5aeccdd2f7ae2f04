import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { columnList } from '../../storage/tables/columns.ts'
import { files } from '../../storage/tables/files.ts'
import { users } from '../../storage/tables/users.ts'

export type FileRow = typeof files.$inferSelect

const columns = columnList(files)

export async function insertFiles({ db }: Sql, rows: (typeof files.$inferInsert)[]): Promise<void> {
  await db.insert(files).values(rows)
}

/**
 * What the files of each of these persons and of the webhooks that they created count together. Each counts at least `least`, so that nobody
 * has a million of them.
 */
export async function countBytes(
  { query }: Sql,
  persons: string[],
  least: number,
): Promise<Map<string, number>> {
  const rows = await query<{ id: string; bytes: number }>(
    `select person.id, coalesce((
       select sum(greatest(bytes, $2::bigint)) from files
       where user_id in (select person.id union all select user_id from webhooks where created_by = person.id) and state <> 'removed'
     ), 0)::bigint as bytes from unnest($1::uuid[]) as person (id)`,
    [persons, least],
  )
  return new Map(rows.map(({ id, bytes }) => [id, bytes]))
}

/** One upload of a person is counted after the other. */
export async function lockPersons({ db }: Sql, persons: string[]): Promise<void> {
  const these = inArray(users.id, persons)
  await db.select({ id: users.id }).from(users).where(these).orderBy(users.id).for('no key update')
}

/** The ids of those that are there now: an upload may have been given up, with its room or its person. */
export async function markReady(
  { query }: Sql,
  all: Pick<FileRow, 'id' | 'bytes' | 'sealed'>[],
): Promise<Set<string>> {
  const ready = await query<{ id: string }>(
    `update files set state = 'ready', bytes = whole.bytes, sealed = whole.sealed
     from unnest($1::text[], $2::bigint[], $3::text[]) as whole (id, bytes, sealed)
     where files.id = whole.id and files.state = 'uploading' returning files.id`,
    [all.map(({ id }) => id), all.map(({ bytes }) => bytes), all.map(({ sealed }) => sealed)],
  )
  return new Set(ready.map(({ id }) => id))
}

const stillSealed = (id: string, from: string) =>
  and(eq(files.id, id), eq(files.sealed, from), eq(files.state, 'ready'))

/** Seals what is known about a file in another way. */
export async function exchangeSealed({ db }: Sql, id: string, from: string, to: string): Promise<void> {
  await db.update(files).set({ sealed: to }).where(stillSealed(id, from))
}

/** Replaces what is known about a file that nobody has sent yet. False if it was sent meanwhile. */
export async function changeUnsent({ db }: Sql, id: string, from: string, to: string): Promise<boolean> {
  const changed = await db
    .update(files)
    .set({ sealed: to })
    .where(and(stillSealed(id, from), isNull(files.seq)))
    .returning({ id: files.id })
  return changed.length === 1
}

export async function findByClientId({ query }: Sql, user: string, clientId: string) {
  const [row] = await query<FileRow>(
    `select ${columns} from files where user_id = $1 and client_id = $2 and state = 'ready'`,
    [user, clientId],
  )
  return row
}

export type FoundFile = FileRow & { room: string | null }

/** A file that is whole, with the id of its room if that exists. */
export async function findFile({ query }: Sql, id: string): Promise<FoundFile | undefined> {
  const [row] = await query<FoundFile>(
    `select ${columns}, rooms.id as room from files
     left join rooms on rooms.key = files.room_key and rooms.deleted_at is null
     where files.id = $1 and files.state = 'ready'`,
    [id],
  )
  return row
}

/** Those of these files that are whole. */
export async function findFiles({ query }: Sql, ids: string[]): Promise<FileRow[]> {
  return query<FileRow>(`select ${columns} from files where id = any($1::text[]) and state = 'ready'`, [ids])
}

/** What is removed has no key any more, and counts for nobody. */
export const gone = { state: 'removed', sealed: '', clientId: null } as const

/** Removes the files of these messages. */
export async function removeFilesOf({ query }: Sql, room: number, seqs: number[]): Promise<void> {
  await query(
    `update files set state = 'removed', sealed = '', client_id = null
     where room_key = $1 and seq = any($2::bigint[]) and state <> 'removed'`,
    [room, seqs],
  )
}

/** Removes what nobody has sent since, and uploads that have ended without saying so. */
export async function removeLoose({ query }: Sql, before: Date, uploadsBefore: Date): Promise<number> {
  const removed = await query(
    `update files set state = 'removed', sealed = '', client_id = null
     where seq is null and ((state = 'ready' and purpose = 'message' and created_at < $1)
       or (state = 'uploading' and created_at < $2))
     returning 1`,
    [before, uploadsBefore],
  )
  return removed.length
}

export async function removeFile({ db }: Sql, id: string): Promise<void> {
  await db.update(files).set(gone).where(eq(files.id, id))
}

export async function listRemoved({ db }: Sql, limit: number): Promise<string[]> {
  const rows = await db.select({ id: files.id }).from(files).where(eq(files.state, 'removed')).limit(limit)
  return rows.map(({ id }) => id)
}

export async function deleteRows({ db }: Sql, ids: string[]): Promise<void> {
  await db.delete(files).where(and(inArray(files.id, ids), eq(files.state, 'removed')))
}

/** Whole files by id, for walks over all of them. */
export async function listFiles({ query }: Sql, after: string, limit: number): Promise<FileRow[]> {
  return query<FileRow>(
    `select ${columns} from files where id > $1 and state = 'ready' order by id limit $2`,
    [after, limit],
  )
}

/** False if it was sent meanwhile. */
export async function removeUnsent({ db }: Sql, id: string): Promise<boolean> {
  const removed = await db
    .update(files)
    .set(gone)
    .where(and(eq(files.id, id), isNull(files.seq), eq(files.state, 'ready')))
    .returning({ id: files.id })
  return removed.length === 1
}

/** A whole file, with the id of its room; absent for the picture of a person. */
export type PlacedFile = FileRow & { room: string | null }

/** Whole files by id, for `parley verify`. */
export async function listPlaced({ query }: Sql, after: string, limit: number): Promise<PlacedFile[]> {
  return query<PlacedFile>(
    `select ${columns}, rooms.id as room from files left join rooms on rooms.key = files.room_key
     where files.id > $1 and files.state = 'ready' order by files.id limit $2`,
    [after, limit],
  )
}

/** Whole files of no message, person, room or community that would still have them. */
export async function listUseless({ query }: Sql): Promise<PlacedFile[]> {
  return query<PlacedFile>(
    `select ${columns}, rooms.id as room from files left join rooms on rooms.key = files.room_key
     where files.state = 'ready' and case files.purpose
       when 'message' then files.seq is not null and not exists (
         select 1 from log where log.room_key = files.room_key and log.seq = files.seq and log.deleted_at is null
           and log.detail->'files' ? files.id)
       else not exists (select 1 from users where users.avatar = files.id)
         and not exists (select 1 from rooms as shown where shown.avatar = files.id)
         and not exists (select 1 from settings where name = 'community' and value->>'avatar' = files.id) end
     order by files.id`,
  )
}

export async function hasRow({ query }: Sql, id: string): Promise<boolean> {
  return (await query('select 1 from files where id = $1', [id])).length > 0
}
