import { eq, sql } from 'drizzle-orm'
import type { Sql } from '../storage/storage.ts'
import { settings } from '../storage/tables/settings.ts'

export async function readSetting({ db }: Sql, name: string): Promise<unknown> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.name, name))
  return row?.value
}

/** Sets the value. Of several writers at the same time, the last wins. */
export async function writeSetting({ db }: Sql, name: string, value: unknown): Promise<void> {
  await db
    .insert(settings)
    .values({ name, value })
    .onConflictDoUpdate({ target: settings.name, set: { value } })
}

/** Sets the value if there is none, and returns the stored value: of several writers, the first wins. */
export async function keepSetting(sql: Sql, name: string, value: unknown): Promise<unknown> {
  await sql.db.insert(settings).values({ name, value }).onConflictDoNothing()
  return readSetting(sql, name)
}

/** All settings whose names start with `prefix`. */
export async function listSettings({ db }: Sql, prefix: string): Promise<{ name: string; value: unknown }[]> {
  return db.select().from(settings).where(sql`starts_with(${settings.name}, ${prefix})`)
}

export async function removeSetting({ db }: Sql, name: string): Promise<void> {
  await db.delete(settings).where(eq(settings.name, name))
}

/** Removes a setting and returns whether there was one: of several who do so at the same time, one gets true. */
export async function takeSetting({ db }: Sql, name: string): Promise<boolean> {
  const taken = await db.delete(settings).where(eq(settings.name, name)).returning({ name: settings.name })
  return taken.length > 0
}
