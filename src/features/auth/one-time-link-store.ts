import { and, eq, gt, inArray, isNull } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { oneTimeLinks } from '../../storage/tables/one-time-links.ts'

export type LinkRow = typeof oneTimeLinks.$inferSelect
export type LinkKind = LinkRow['kind']

export async function insertLink({ db }: Sql, row: typeof oneTimeLinks.$inferInsert): Promise<void> {
  await db.insert(oneTimeLinks).values(row)
}

const usable = (hash: string, kinds: readonly LinkKind[], now: Date) =>
  and(
    eq(oneTimeLinks.hash, hash),
    inArray(oneTimeLinks.kind, [...kinds]),
    isNull(oneTimeLinks.usedAt),
    gt(oneTimeLinks.expiresAt, now),
  )

export async function findLink(
  { db }: Sql,
  hash: string,
  kinds: readonly LinkKind[],
  now: Date,
): Promise<LinkRow | undefined> {
  const [link] = await db
    .select()
    .from(oneTimeLinks)
    .where(usable(hash, kinds, now))
  return link
}

export async function takeLinkRow(
  { db }: Sql,
  hash: string,
  kinds: readonly LinkKind[],
  now: Date,
): Promise<LinkRow | undefined> {
  const [taken] = await db
    .update(oneTimeLinks)
    .set({ usedAt: now })
    .where(usable(hash, kinds, now))
    .returning()
  return taken
}

/** Deletes what has expired, a part at a time, and of one person and kind all but the newest `most`. */
export async function deleteOldLinks(
  { query }: Sql,
  { user, kind, now, most }: { user: string; kind: LinkKind; now: Date; most: number },
): Promise<void> {
  await query(
    `with late as (
       select hash from one_time_links where expires_at <= $3::timestamptz limit 100 for update skip locked
     ), more as (
       select hash from one_time_links where user_id = $1 and kind = $2
       order by used_at is not null, expires_at desc offset $4
     )
     delete from one_time_links where hash in (select hash from late) or hash in (select hash from more)`,
    [user, kind, now.toISOString(), most],
  )
}

/** What a person has made for others as an administrator. */
export async function deleteLinksBy({ db }: Sql, maker: string): Promise<void> {
  await db.delete(oneTimeLinks).where(eq(oneTimeLinks.createdBy, maker))
}

/** Everything of a person, or only what was sent by mail. */
export async function deleteLinksOf(
  { db }: Sql,
  user: string,
  kinds: readonly LinkKind[] = ['sign_in', 'reset', 'confirm'],
): Promise<void> {
  await db
    .delete(oneTimeLinks)
    .where(and(eq(oneTimeLinks.userId, user), inArray(oneTimeLinks.kind, [...kinds])))
}
