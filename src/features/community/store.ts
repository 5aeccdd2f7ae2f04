import type { Sql } from '../../storage/storage.ts'
import { readSetting, writeSetting } from '../settings.ts'

/** `listUseless` of the attachments reads it too. */
const setting = 'community'

/** Plain in the database, as the titles of rooms are: everybody may see it. `avatar` is the id of a file. */
export type CommunityRow = { name?: string; avatar?: string }

export const readCommunity = async (sql: Sql): Promise<CommunityRow> =>
  ((await readSetting(sql, setting)) as CommunityRow | undefined) ?? {}

/** Changes it in a transaction: two administrators who change name and picture at the same time do not undo each other. */
export async function changeCommunityRow(
  sql: Sql,
  change: { name?: string | null; avatar?: string | null },
): Promise<{ before: CommunityRow; changed: boolean }> {
  await sql.query(`insert into settings (name, value) values ($1, '{}') on conflict do nothing`, [setting])
  await sql.query('select 1 from settings where name = $1 for update', [setting])
  const before = await readCommunity(sql)
  const now = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== null),
  )
  await writeSetting(sql, setting, now)
  return { before, changed: JSON.stringify(before) !== JSON.stringify(now) }
}
