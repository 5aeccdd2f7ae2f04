import { eq } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { mailSettings, type mails } from '../../storage/tables/mail.ts'

export type MailRow = typeof mails.$inferSelect
type Settings = Omit<typeof mailSettings.$inferSelect, 'userId'>

type NewRow = Pick<MailRow, 'id' | 'kind' | 'userId' | 'address' | 'once' | 'language' | 'detail'>

/** Does nothing, and returns false, if one of this name waits already, or if there are `most`. */
export async function insertMail({ query }: Sql, row: NewRow, most: number): Promise<boolean> {
  const { id, kind, userId, address, once, language, detail } = row
  const inserted = await query(
    `insert into mails (id, kind, user_id, address, once, language, detail)
     select $1, $2, $3::uuid, $4, $5, $6, $7::jsonb
     where (select count(*) from (select 1 from mails limit $8) as waiting) < $8
     on conflict (once) do nothing returning id`,
    [id, kind, userId, address, once, language, detail === null ? null : JSON.stringify(detail), most],
  )
  return inserted.length > 0
}

/** The next mail that is due, for `seconds` only this node's. Each claim is a try. */
export async function claimMail(
  { query }: Sql,
  seconds: number,
): Promise<(MailRow & { ageMs: number }) | undefined> {
  const [row] = await query<MailRow & { ageMs: number }>(
    `update mails set tries = tries + 1, claimed_until = now() + make_interval(secs => $1)
     where id = (
       select id from mails where due_at <= now() and (claimed_until is null or claimed_until <= now())
       order by due_at limit 1 for update skip locked
     )
     returning id, kind, user_id as "userId", address, once, language, detail, tries, due_at as "dueAt",
       created_at as "createdAt", claimed_until as "claimedUntil",
       (extract(epoch from now() - created_at) * 1000)::float8 as "ageMs"`,
    [seconds],
  )
  return row
}

/** `tries` says whose claim it is: a node that was slower than its claim must not end that of another. */
type Claim = Pick<MailRow, 'id' | 'tries'>

export async function deleteMail({ query }: Sql, { id, tries }: Claim): Promise<void> {
  await query('delete from mails where id = $1 and tries = $2', [id, tries])
}

/** Those that are for an address, and not for an account. */
export async function deleteMailsTo({ query }: Sql, address: string): Promise<void> {
  await query('delete from mails where address = $1', [address])
}

export async function postponeMail({ query }: Sql, { id, tries }: Claim, seconds: number): Promise<void> {
  await query(
    `update mails set claimed_until = null, due_at = now() + make_interval(secs => $3)
     where id = $1 and tries = $2`,
    [id, tries, seconds],
  )
}

export async function countMails({ query }: Sql): Promise<number> {
  const [row] = await query<{ count: number }>('select count(*) from mails')
  return row!.count
}

export async function findMailSettings({ db }: Sql, userId: string): Promise<Settings> {
  const [row] = await db.select().from(mailSettings).where(eq(mailSettings.userId, userId))
  const { language = null, newDevice = true, missed = false, missedUntil = null } = row ?? {}
  return { language, newDevice, missed, missedUntil }
}

export async function storeMailSettings(
  { db }: Sql,
  userId: string,
  change: Partial<Settings>,
): Promise<void> {
  await db
    .insert(mailSettings)
    .values({ userId, ...change })
    .onConflictDoUpdate({ target: mailSettings.userId, set: { userId, ...change } })
}
