import { eq, sql } from 'drizzle-orm'
import type { Sql } from '../storage/storage.ts'
import { settings } from '../storage/tables/settings.ts'

export async function readSetting({ db }: Sql, name: string): Promise<unknown> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.name, name))
  return row?.value
}

/** Of several who write at once, the last wins. */
export async function writeSetting({ db }: Sql, name: string, value: unknown): Promise<void> {
  await db
    .insert(settings)
    .values({ name, value })
    .onConflictDoUpdate({ target: settings.name, set: { value } })
}

/** Of several who write at once, the first wins; answers what is kept. */
export async function keepSetting(sql: Sql, name: string, value: unknown): Promise<unknown> {
  await sql.db.insert(settings).values({ name, value }).onConflictDoNothing()
  return readSetting(sql, name)
}

/** Those whose names begin so. */
export async function listSettings(
  { db }: Sql,
  beginning: string,
): Promise<{ name: string; value: unknown }[]> {
  return db.select().from(settings).where(sql`starts_with(${settings.name}, ${beginning})`)
}

export async function removeSetting({ db }: Sql, name: string): Promise<void> {
  await db.delete(settings).where(eq(settings.name, name))
}
